"""Bringing in a person."""

from __future__ import annotations

from actions.base import BarevAction
from actions.turn import Turn
from crm_store import conversations, handoffs

UNHAPPY = frozenset({"utter_complaint", "utter_rating_low", "utter_comment_thanks_low"})
"""After one of these a wish for a person comes from somebody who is not content."""
NOT_UNDERSTOOD = frozenset({"utter_offer_person"})


class HandOff(BarevAction):
    """Puts the conversation into the waiting list, once."""

    called = "action_hand_off"
    clears = ("order_number", "contact")  # asked for in the middle of a form, which ends here

    async def act(self, turn: Turn) -> None:
        last = await conversations.last_said(turn.session, turn.conversation)
        said = last.name if last else None
        reason = (
            "unhappy"
            if said in UNHAPPY
            else "not_understood"
            if said in NOT_UNDERSTOOD
            else "asked_for_person"
        )
        _, new = await handoffs.ask(turn.session, turn.conversation, reason=reason)
        turn.say("utter_handed_off" if new else "utter_already_waiting")
