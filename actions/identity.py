"""Showing who one is: an address is asked for, and a code is sent to it; on Telegram one's own phone number will do."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import BarevAction, FormCheck, shares_contacts
from actions.turn import PERSON, Turn, choice, share_phone
from crm_store import identity_codes
from crm_store.errors import TooManyTries
from crm_store.models import Conversation


class ConfirmForm(FormCheck):
    """Asks for the address; codes go by e-mail only, so a phone number is no answer."""

    called = "validate_confirm_form"
    slots = ("contact",)

    async def needed(self, session: AsyncSession, conversation: Conversation, tracker: Tracker) -> list[str]:
        return list(self.slots)

    def validate_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value is None or "@" in str(
            value
        ):  # None: another form was left in the same turn, nothing was given
            return {"contact": value}
        dispatcher.utter_message(response="utter_explain_email")
        return {"contact": None}


class AskContact(BarevAction):
    """The question of confirm_form; where the shopper's own number can be shared, it offers that beside the code."""

    called = "action_ask_confirm_form_contact"

    async def act(self, turn: Turn) -> None:
        wanted = turn.slot("wanted")
        if wanted and await shares_contacts(turn):
            turn.say("utter_share_phone_or_email", choices=[share_phone(wanted)])
        else:
            turn.say("utter_ask_confirm_form_contact")


class SendCode(BarevAction):
    """Asks the store for a code; the gateway sends it. The words are the same for an address that nobody has."""

    called = "action_send_code"
    clears = ("contact", "wanted")

    async def act(self, turn: Turn) -> None:
        if not await self.can_send_codes(turn.session):
            turn.say("utter_code_cannot_be_sent", choices=[PERSON])
            return
        email, intent = turn.slot("contact"), turn.slot("wanted")
        wanted = {"intent": intent, "entities": {}} if intent else None
        try:
            await identity_codes.ask_code(turn.session, turn.conversation, contact=email, wanted=wanted)
        except TooManyTries:
            turn.say("utter_code_too_often", choices=[PERSON])
            return
        again = [choice("utter_button_new_code", intent)] if intent else []
        turn.say("utter_code_sent", choices=again, email=email)
