"""A shared contact as a proof of who is writing: judged in the commit that takes it in, then carried on from.

    await contacts.judge(session, conversation, message)

What the message becomes stands in its `pressed`, as with a code (codes.py).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.sign_in.codes import ASKS_FOR_NUMBERS, PERSON
from crm_store import conversations_buttons, identity_contacts
from crm_store.errors import TooManyTries
from crm_store.models import Conversation, Message

QUESTIONS = ("utter_share_phone", "utter_share_phone_or_email")
"""What asks for a contact; its button stands for what the shopper wanted before."""
OFFERED = [
    {"name": "utter_button_points_balance", "intent": "ask_points_balance"},
    {"name": "utter_button_list_orders", "intent": "list_orders"},
]


async def judge(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    """Confirm the shopper if the contact is theirs and one customer's, and set what the message becomes.

    A form that asks for an order's contact takes it as that: `pressed` stays.
    """
    if conversation.form in ASKS_FOR_NUMBERS:
        return
    question = await conversations_buttons.last_button(session, conversation, QUESTIONS)
    wanted = {"intent": question.intent, "entities": question.entities} if question else {}
    try:
        who = await identity_contacts.confirm(
            session,
            conversation,
            phone=message.values["phone"],
            own=message.values["own"],
            source=message.source or conversation.public_id,
        )
    except TooManyTries:
        message.pressed = {"say": {"name": "utter_too_many_tries", "choices": [PERSON]}}
        return
    if who is None:
        again = [{"name": "utter_button_try_again", "intent": wanted["intent"]}] if wanted else []
        message.pressed = {"say": {"name": "utter_contact_unknown", "choices": [*again, PERSON]}}
        return
    if question:
        conversations_buttons.spend(question)
    message.pressed = _right(wanted)


def _right(wanted: dict[str, Any]) -> dict[str, Any]:
    """Whoever asked for nothing before is offered what they may see now."""
    say = {"name": "utter_contact_right", "choices": [] if wanted else OFFERED}
    return {**wanted, "say": say}
