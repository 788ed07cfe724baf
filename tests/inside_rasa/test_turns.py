"""What the gateway may ask, and what is read from the tracker."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.inside_rasa.turns import BadTurn, part_id, read_turn, said_after

ASKED = {
    "id": "m1",
    "sender": "anna.1",
    "text": "hello",
    "tell": None,
    "language": "en",
    "metadata": {"a": 1},
}


def asked(**changes: Any) -> dict[str, Any]:
    return {**ASKED, **changes}


def test_the_language_is_in_the_metadata_of_every_turn() -> None:
    turn = read_turn(asked(language="hy", metadata={"source": "x", "language": "en"}))
    assert turn.metadata == {"source": "x", "language": "hy"}


@pytest.mark.parametrize(
    "text", ["/restart", " /restart", "\t\n//restart", "\u2003/\u00a0/ restart", "\x1c/restart"]
)
def test_what_is_typed_is_never_a_command(text: str) -> None:
    assert read_turn(asked(text=text)).text == "restart"


def test_what_the_gateway_knows_is_told_in_rasas_short_form() -> None:
    told = {"intent": "change_language", "entities": {"language": "hy"}}
    assert read_turn(asked(text=None, tell=told)).text == '/change_language{"language": "hy"}'
    assert read_turn(asked(text=None, tell={"intent": "greet", "entities": {}})).text == "/greet"
    assert read_turn(asked(text=None, tell={"intent": "greet"})).text == "/greet"


def test_unknown_fields_are_left_alone() -> None:
    assert read_turn(asked(new_field=[1], metadata=None)).id == "m1"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "hello",
        {},
        asked(id=None),
        asked(id=""),
        asked(id=7),
        asked(sender=None),
        asked(text=None),
        asked(text=7),
        asked(text=" / "),
        asked(tell={"intent": "greet"}),
        asked(text=None, tell="greet"),
        asked(text=None, tell={"intent": "Greet me"}),
        asked(text=None, tell={"intent": 'greet{"a": "b"}'}),
        asked(text=None, tell={"intent": "greet", "entities": ["a"]}),
        asked(language="ru"),
        asked(language=None),
    ],
)
def test_what_is_no_turn_is_refused_with_a_reason(wrong: Any) -> None:
    with pytest.raises(BadTurn, match=r"\w+"):
        read_turn(wrong)


def test_what_was_said_to_a_message_is_what_came_before_the_next_one() -> None:
    tracker = DialogueStateTracker.from_events(
        "anna",
        [
            UserUttered("one", message_id="m1"),
            ActionExecuted("utter_a"),
            BotUttered("A", {"buttons": [{"title": "t"}]}, {"utter_action": "utter_a", "values": {"n": 1}}),
            BotUttered("B", {}, {"utter_action": "utter_b"}),
            UserUttered("two", message_id="m2"),
            BotUttered("C", {}, {"utter_action": "utter_c"}),
            UserUttered("three", message_id="m3"),
        ],
    )
    assert said_after(tracker, "m1") == [
        {"name": "utter_a", "values": {"n": 1}, "text": "A", "buttons": [{"title": "t"}]},
        {"name": "utter_b", "values": {}, "text": "B", "buttons": []},
    ]
    assert [reply["name"] for reply in said_after(tracker, "m2")] == ["utter_c"]
    assert said_after(tracker, "m3") == []
    assert said_after(tracker, "m4") == []


def test_what_was_said_to_both_parts_of_a_message_is_said_to_it_and_the_same_question_once() -> None:
    question = BotUttered("Which order?", {}, {"utter_action": "utter_ask_order_number"})
    tracker = DialogueStateTracker.from_events(
        "anna",
        [
            UserUttered("before", message_id="m"),
            BotUttered("B", {}, {"utter_action": "utter_b"}),
            UserUttered("where is it", message_id=part_id("m1", 1)),
            question,
            UserUttered("when are you open", message_id=part_id("m1", 2)),
            BotUttered("Until six", {}, {"utter_action": "utter_hours"}),
            question,
        ],
    )
    assert [reply["name"] for reply in said_after(tracker, "m1")] == ["utter_hours", "utter_ask_order_number"]
    assert [reply["name"] for reply in said_after(tracker, "m")] == ["utter_b"]
