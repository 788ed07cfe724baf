"""Bringing in a person."""

from __future__ import annotations

from actions.base import BarevAction
from actions.turn import Turn
from crm_store import handoffs


class HandOff(BarevAction):
    """Puts the conversation into the waiting list, once."""

    called = "action_hand_off"
    clears = ("order_number", "contact")  # asked for in the middle of a form, which ends here

    async def act(self, turn: Turn) -> None:
        reason = "asked_for_person"
        _, new = await handoffs.ask(turn.session, turn.conversation, reason=reason)
        turn.say("utter_handed_off" if new else "utter_already_waiting")
