"""A custom action that cannot be called ends the turn, whatever Rasa catches."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.inside_rasa import failed
from bot.inside_rasa.failed import TurnFailed, end_the_turn_when_an_action_fails

THEIRS = RemoteAction.run


class Endpoint(EndpointConfig):
    """Stands for the action server: raises what it is given."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__("http://127.0.0.1")
        self.error = error

    async def request(self, *_: Any, **more: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        return {"events": [{"event": "slot", "name": "contact", "value": None}], "responses": []}


@pytest.fixture(autouse=True)
def put_back() -> Any:
    yield
    RemoteAction.run = THEIRS


async def run(error: Exception | None) -> list[Any]:
    domain = Domain.empty()
    action = RemoteAction("action_x", Endpoint(error))
    tracker = DialogueStateTracker.from_events("anna.1", [])
    return await action.run(None, TemplatedNaturalLanguageGenerator({}), tracker, domain)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        ClientResponseError(400, "no", '{"error": "no", "action_name": "action_x"}'),
        ClientResponseError(500, "no", "{}"),
        OSError("refused"),
        ValueError("bad JSON"),
    ],
)
async def test_a_failed_call_ends_the_turn_also_where_rasa_would_go_on(error: Exception) -> None:
    end_the_turn_when_an_action_fails()
    with pytest.raises(TurnFailed):
        await run(error)
    assert not issubclass(TurnFailed, Exception)  # Rasa catches those, and goes on


async def test_a_call_that_works_gives_its_events() -> None:
    end_the_turn_when_an_action_fails()
    assert [event.key for event in await run(None)] == ["contact"]


def test_said_twice_it_wraps_once() -> None:
    end_the_turn_when_an_action_fails()
    once = RemoteAction.run
    end_the_turn_when_an_action_fails()
    assert RemoteAction.run is once is failed._run
