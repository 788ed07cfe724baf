"""One-time codes that shoppers type: taken out of the message, judged, and carried on from.

    found = await codes.find(session, conversation, text)     # found.masked is what may be written
    await codes.judge(session, conversation, message, found, secret=…)

Six digits are a code only while the conversation has asked for one. What the message becomes stands in its `pressed`:
{"say": {"name", "values", "choices"}} is said first; with an "intent" Rasa is then told what the shopper wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from barev.masking import codes_in, mask_codes
from bot.messages import Reply
from crm_store import identity_codes
from crm_store.identity_codes import Judged
from crm_store.models import Conversation, Message

ASKS_FOR_NUMBERS = frozenset({"order_form"})
"""Forms that six digits may be an answer to: wrong ones count as a try, and are read as the order's number."""
PERSON = {"name": "utter_button_talk_to_person", "intent": "ask_for_person"}


@dataclass(frozen=True)
class Found:
    """A text before its code is judged: as it came, without what may be a code, and the digits of that."""

    text: str
    masked: str
    digits: tuple[str, ...] = ()


async def find(session: AsyncSession, conversation: Conversation, text: str) -> Found:
    """What may be a code in this text: nothing unless this conversation has asked for one."""
    digits = codes_in(text)
    if not digits or not await identity_codes.is_expecting(session, conversation):
        return Found(text, text)
    return Found(text, mask_codes(text), tuple(digits))


async def judge(
    session: AsyncSession, conversation: Conversation, message: Message, found: Found, *, secret: str
) -> None:
    """Confirm the shopper if a code in the text is right, and set what the message becomes; a text whose digits were
    something else gets them back."""
    for digits in found.digits:
        judged = await identity_codes.confirm(
            session, conversation, digits=digits, secret=secret, seq=message.seq
        )
        if judged.is_the_code:
            break
    if not judged.is_the_code and (judged.verdict == "no_code" or conversation.form in ASKS_FOR_NUMBERS):
        message.text = found.text
    else:
        message.pressed = _becomes(judged)


def said_first(message: Message) -> Reply | None:
    """What is said to a right code before Rasa answers what was wanted."""
    return _reply(message) if message.pressed and message.pressed.get("intent") else None


def whole_answer(message: Message) -> Reply | None:
    """What the gateway answers by itself to a code; None where Rasa is asked."""
    return None if not message.pressed or message.pressed.get("intent") else _reply(message)


def _becomes(judged: Judged) -> dict[str, Any]:
    wanted = judged.wanted or {}
    if judged.verdict == "right":
        return {**wanted, "say": {"name": "utter_code_right"}}
    values = {"tries": {"count": judged.tries_left, "of": "try"}} if judged.verdict == "wrong" else {}
    new_code = {"name": "utter_button_new_code", "intent": wanted.get("intent")}
    choices: list[dict[str, Any]] = [new_code] if wanted else []
    if judged.verdict == "too_many":
        choices.append(PERSON)
    return {"say": {"name": f"utter_code_{judged.verdict}", "values": values, "choices": choices}}


def _reply(message: Message) -> Reply | None:
    say = (message.pressed or {}).get("say")
    return Reply(say["name"], values=say.get("values", {}), choices=say.get("choices", [])) if say else None
