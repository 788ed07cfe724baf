"""A failed part ends the turn: Rasa hides failures, and would go on with half of what happened.

A custom action that could not be called is logged by Rasa as done, and the next action is chosen as if it had been: a
form whose check failed once ended in "order not found". A failed reading of the tracker becomes an empty conversation.
Here both end the turn, nothing of it is kept, and the gateway asks once more with the same id.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import RemoteAction


class TurnFailed(BaseException):
    """Not an Exception, because Rasa catches every Exception of an action and of its tracker store."""


def end_the_turn_when_an_action_fails() -> None:
    """Also when it answers 400, which to Rasa means "another action may do it"; doing this again changes nothing."""
    if RemoteAction.run is not _run:
        RemoteAction.run = _run


_of_rasa = RemoteAction.run


async def _run(self: RemoteAction, *args: Any, **more: Any) -> Any:
    try:
        return await _of_rasa(self, *args, **more)
    except Exception as error:
        raise TurnFailed(f"{self.name()}: {type(error).__name__}") from error
