"""The remembered check refuses exactly what Rasa's refuses."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.inside_rasa.action_schema import remember_the_schema

GOOD: list[dict[str, Any]] = [
    {"events": [], "responses": []},
    {
        "events": [{"event": "slot", "name": "contact", "value": None, "timestamp": None}],
        "responses": [{"response": "utter_a"}],
    },
    {},
]
BAD: list[Any] = [
    {"events": {}},
    {"events": [{"name": "contact", "value": 1}]},
    {"events": [{"event": "slot"}]},
    {"responses": ["utter_a"]},
    {"events": [], "responses": [None]},
    [],
    "done",
]
THEIRS = RemoteAction._validate_action_result


@pytest.fixture(autouse=True)
def put_back() -> Any:
    yield
    RemoteAction._validate_action_result = THEIRS


def verdict(result: Any) -> bool:
    try:
        return bool(RemoteAction("action_x", None)._validate_action_result(result))
    except ValidationError:
        return False


@pytest.mark.parametrize("result", [*GOOD, *BAD])
def test_the_verdict_is_that_of_rasa(result: Any) -> None:
    theirs = verdict(result)
    remember_the_schema()
    assert RemoteAction._validate_action_result is not THEIRS
    assert verdict(result) is theirs is (result in GOOD)


def test_every_result_is_checked_anew() -> None:
    remember_the_schema()
    assert [verdict(result) for result in (GOOD[1], BAD[1], GOOD[1], BAD[1])] == [True, False, True, False]
