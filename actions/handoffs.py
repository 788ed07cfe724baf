"""Bringing in a person, and nobody after all."""

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
    "utter_action_failed": "action_failed",
    "utter_fallback": "action_failed",
    "utter_too_many_tries": "not_allowed",
    "utter_code_too_often": "not_allowed",
    "utter_code_cannot_be_sent": "not_allowed",
}
"""Why somebody asks for a person, by what was said to them last; otherwise just because they wish to."""


class HandOff(BarevAction):
    """Puts the conversation into the waiting list, once."""

    called = "action_hand_off"
    clears = ("order_number", "contact")  # asked for in the middle of a form, which ends here

    async def act(self, turn: Turn) -> None:
        if turn.seq is not None and await handoffs.was_answered(
            turn.session, turn.conversation, seq=turn.seq
        ):
            turn.say("utter_what_next")  # a person has read just this, and gone again while it had its turn
            return
        last = await conversations.last_said(turn.session, turn.conversation)
        reason = WHY.get((last and last.name) or "", "asked_for_person")
        _, new = await handoffs.ask(turn.session, turn.conversation, reason=reason)
        turn.say("utter_handed_off" if new else "utter_already_waiting")


class WithdrawHandoff(BarevAction):
    """The shopper waits no more: the assistant goes on alone."""

    called = "action_withdraw_handoff"

    async def act(self, turn: Turn) -> None:
        withdrawn = await handoffs.withdraw(turn.session, turn.conversation)
        turn.say("utter_handoff_withdrawn" if withdrawn else "utter_what_next")
