"""Bringing in a person."""

from __future__ import annotations

from actions.base import BarevAction
from actions.turn import Turn
from crm_store import conversations, handoffs

WHY = {
    "utter_complaint": "unhappy",
    "utter_rating_low": "unhappy",
    "utter_comment_thanks_low": "unhappy",
    "utter_help_rated_low": "unhappy",
    "utter_offer_person": "not_understood",
}
"""Why somebody asks for a person, by what was said to them last; otherwise just because they wish to."""


class HandOff(BarevAction):
    """Puts the conversation into the waiting list, once."""

    called = "action_hand_off"
    clears = ("order_number", "contact")  # asked for in the middle of a form, which ends here

    async def act(self, turn: Turn) -> None:
        last = await conversations.last_said(turn.session, turn.conversation)
        reason = WHY.get((last and last.name) or "", "asked_for_person")
        _, new = await handoffs.ask(turn.session, turn.conversation, reason=reason)
        turn.say("utter_handed_off" if new else "utter_already_waiting")
