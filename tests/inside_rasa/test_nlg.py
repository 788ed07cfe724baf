"""The generator picks the language of the turn and hands the values on."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.inside_rasa.nlg import Wording


def variation(language: str, text: str, **more: Any) -> dict[str, Any]:
    return {"condition": [{"type": "slot", "name": "language", "value": language}], "text": text, **more}


PAYLOAD = '/change_language{"language": "hy"}'
DOMAIN = Domain.from_dict(
    {
        "slots": {
            "order_number": {"type": "text", "mappings": [{"type": "custom"}]},
            "language": {
                "type": "categorical",
                "values": ["en", "hy", "ka"],
                "mappings": [{"type": "custom"}],
            },
        },
        "responses": {
            "utter_greet": [
                variation("en", "Hello!"),
                variation("hy", "Բարև։"),
                variation("ka", "გამარჯობა!"),
            ],
            "utter_ask": [
                variation(lang, "{order_number}?", buttons=[{"title": "A", "payload": PAYLOAD}])
                for lang in ("en", "hy")
            ],
            "utter_status": [
                variation("en", "{number}: {status}. {when} {missing}"),
                variation("hy", "{number}՝ {status}։"),
            ],
            "utter_word_on_its_way": [variation("en", "on its way"), variation("hy", "ճանապարհին է")],
        },
    }
)


def tracker(
    *texts: str, language: str | None = None, slots: dict[str, str] | None = None
) -> DialogueStateTracker:
    metadata = {"language": language} if language else {}
    events = [UserUttered(text, metadata=metadata) for text in texts]
    filled = [SlotSet(name, value) for name, value in (slots or {}).items()]
    return DialogueStateTracker.from_events("anna", [*filled, *events], slots=DOMAIN.slots)


async def said(name: str, held: DialogueStateTracker, **given: Any) -> dict[str, Any]:
    answer = await Wording(None, DOMAIN).generate(name, held, "gateway", **given)
    assert answer is not None
    return answer


@pytest.mark.parametrize(("language", "text"), [("en", "Hello!"), ("hy", "Բարև։"), ("ka", "გამარჯობა!")])
async def test_the_language_of_the_turn_wins_over_that_of_the_words(language: str, text: str) -> None:
    assert (await said("utter_greet", tracker("hello", language=language)))["text"] == text


async def test_a_button_press_has_the_language_of_its_turn_too() -> None:
    assert (await said("utter_greet", tracker("/greet", language="hy")))["text"] == "Բարև։"


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (["բարև"], "Բարև։"),
        (["გამარჯობა"], "გამარჯობა!"),
        (["բարև", "BR-104217"], "Բարև։"),
        (["გამარჯობა", "/greet"], "გამარჯობა!"),
        (["привет"], "Hello!"),
        (["🙂"], "Hello!"),
    ],
)
async def test_without_a_gateway_the_words_decide(texts: list[str], text: str) -> None:
    assert (await said("utter_greet", tracker(*texts)))["text"] == text


async def test_a_slot_that_the_text_names_is_among_the_values() -> None:
    answer = await said("utter_ask", tracker("x", language="en", slots={"order_number": "BR-1"}))
    assert answer["text"] == "BR-1?"
    assert answer["values"] == {"order_number": "BR-1"}


async def test_braces_in_a_payload_are_left_alone() -> None:
    answer = await said("utter_ask", tracker("x", language="en", slots={"order_number": "BR-1"}))
    assert answer["buttons"] == [{"title": "A", "payload": PAYLOAD}]


async def test_typed_values_go_on_as_they_are_and_are_flat_in_the_text() -> None:
    values = {"number": "BR-1", "status": {"word": "on_its_way"}, "when": {"date": "2026-11-24"}}
    answer = await said("utter_status", tracker("x", language="en"), **values)
    assert answer["text"] == "BR-1: on its way. 2026-11-24 "
    assert answer["values"] == values
    assert (await said("utter_status", tracker("x", language="hy"), **values))[
        "text"
    ] == "BR-1՝ ճանապարհին է։"


async def test_what_rasa_sends_along_by_itself_is_no_value() -> None:
    theirs = {
        "text": None,
        "buttons": [],
        "elements": [],
        "custom": {},
        "template": "utter_greet",
        "image": None,
    }
    answer = await said(
        "utter_greet", tracker("x", language="en"), attachment=None, domain_responses={"a": 1}, **theirs
    )
    assert answer["values"] == {}
    assert answer["text"] == "Hello!"


async def test_the_wording_itself_is_not_changed_by_filling_it() -> None:
    for number in ("BR-1", "BR-2"):
        answer = await said("utter_ask", tracker("x", language="en", slots={"order_number": number}))
        assert answer["text"] == f"{number}?"


async def test_an_unknown_response_is_nothing() -> None:
    assert await Wording(None, DOMAIN).generate("utter_nothing", tracker("x"), "gateway") is None
