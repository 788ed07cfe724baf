"""What the YAML files name exists, in every language: intents, actions, responses, slots, values in the texts."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rig.domain import custom_actions

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
LANGUAGES = ("en", "hy", "ka")
VARIETIES = ("en", "hy", "ka", "hy_latin", "ka_latin")
FEWEST = 40
LETTERS = {"hy": r"[\u0531-\u0587]", "ka": r"[\u10d0-\u10ff]"}
OTHER_LETTERS = {
    "en": r"[\u0531-\u0587\u10d0-\u10ff\u0400-\u04ff]",
    "hy": r"[\u10d0-\u10ff\u0400-\u04ff]",
    "ka": r"[\u0531-\u0587\u0400-\u04ff]",
}

RASAS_OWN = {"action_listen", "action_deactivate_loop", "action_default_fallback"}
SAID_BY_RASA = {"utter_default", "nlu_fallback", "give_comment", "withdraw_handoff"}
ONE_LANGUAGE = {"utter_only_russian", *(f"utter_button_language_{language}" for language in LANGUAGES)}
"""Responses whose words are the same in every language, on purpose."""


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DOMAIN = read(ROOT / "domain.yml")
ACTIONS = set(custom_actions())
STORIES = [
    story
    for path in sorted((DATA / "stories").glob("*.yml"))
    for kind in ("rules", "stories")
    for story in read(path).get(kind) or []
]
RESPONSES = {
    name: variations
    for path in sorted((DATA / "responses").glob("*.yml"))
    for name, variations in read(path)["responses"].items()
}
STEPS = [step for story in STORIES for step in story["steps"]]
PLAYED = [
    step
    for path in sorted((ROOT / "tests" / "conversations").glob("test_*.yml"))
    for story in read(path)["stories"]
    for step in story["steps"]
]


def examples() -> dict[str, dict[str, list[str]]]:
    """Intent → variety → messages."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for variety in VARIETIES:
        for path in sorted((DATA / "nlu" / variety).glob("*.yml")):
            for block in read(path)["nlu"]:
                lines = [line.strip()[2:] for line in block["examples"].splitlines() if line.strip()]
                found[block["intent"]].setdefault(variety, []).extend(lines)
    return found


def intents_of(steps: list[dict[str, Any]]) -> set[str]:
    return {step["intent"] for step in steps if "intent" in step}


def actions_of(steps: list[dict[str, Any]]) -> set[str]:
    return {step["action"] for step in steps if "action" in step}


def texts(name: str) -> dict[str, str]:
    return {variation["condition"][0]["value"]: variation["text"] for variation in RESPONSES[name]}


def test_every_intent_of_the_domain_has_examples_in_every_language_and_spelling() -> None:
    given = examples()
    understood = set(DOMAIN["intents"]) - SAID_BY_RASA
    assert set(given) == understood
    assert {name: sorted(given[name]) for name in understood} == dict.fromkeys(understood, sorted(VARIETIES))


def test_every_intent_has_at_least_forty_different_examples_in_each_language() -> None:
    """Fewer teach skeletons instead of a wish. The Latin-typed spellings are counted apart: they come on top."""
    given = examples()
    few = {
        (intent, language): len(distinct)
        for intent in given
        for language in LANGUAGES
        if len(
            distinct := {message.casefold().strip(" .,!?։") for message in given[intent].get(language, [])}
        )
        < FEWEST
    }
    assert few == {}


def test_stories_and_played_conversations_name_only_what_the_domain_knows() -> None:
    known = {*ACTIONS, *DOMAIN["forms"], *RESPONSES, *RASAS_OWN}
    for steps in (STEPS, PLAYED):
        assert intents_of(steps) <= set(DOMAIN["intents"])
        assert actions_of(steps) <= known


def test_every_intent_is_answered_and_every_action_is_used() -> None:
    assert intents_of(STEPS) == set(DOMAIN["intents"])
    checks = {f"validate_{form}" for form in DOMAIN["forms"]}
    asked = {
        f"action_ask_{form}_{slot}" for form, it in DOMAIN["forms"].items() for slot in it["required_slots"]
    }
    checks |= asked & ACTIONS
    assert (actions_of(STEPS) & ACTIONS) | checks == ACTIONS


def test_every_rule_and_story_is_played_with_each_intent() -> None:
    assert intents_of(PLAYED) == set(DOMAIN["intents"])


def test_forms_ask_for_slots_that_exist_in_words_that_exist() -> None:
    for form in DOMAIN["forms"].values():
        for slot in form["required_slots"]:
            assert slot in DOMAIN["slots"]
            assert f"utter_ask_{slot}" in RESPONSES


def test_no_entity_counts_as_part_of_the_state() -> None:
    assert all(list(entity.values()) == [{"influence_conversation": False}] for entity in DOMAIN["entities"])


def test_slots_take_entities_that_exist() -> None:
    entities = {name for entity in DOMAIN["entities"] for name in entity}
    named = {
        mapping["entity"]
        for slot in DOMAIN["slots"].values()
        for mapping in slot["mappings"]
        if "entity" in mapping
    }
    assert named <= entities


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_is_there_in_every_language_with_the_same_values_and_buttons(name: str) -> None:
    variations = RESPONSES[name]
    assert [variation["condition"] for variation in variations] == [
        [{"type": "slot", "name": "language", "value": language}] for language in LANGUAGES
    ]
    assert len({tuple(sorted(re.findall(r"{(\w+)}", variation["text"]))) for variation in variations}) == 1
    assert (
        len({tuple(button["payload"] for button in variation.get("buttons", [])) for variation in variations})
        == 1
    )


@pytest.mark.parametrize("name", sorted(set(RESPONSES) - ONE_LANGUAGE))
def test_a_response_is_written_in_the_letters_of_its_language(name: str) -> None:
    for language, text in texts(name).items():
        assert not re.search(OTHER_LETTERS[language], text), language
        assert re.search(LETTERS.get(language, "[A-Za-z]"), text), language


def test_static_buttons_press_intents_that_exist() -> None:
    for name, variations in RESPONSES.items():
        for variation in variations:
            for button in variation.get("buttons", []):
                assert re.match(r"/(\w+)", button["payload"])[1] in DOMAIN["intents"], name  # type: ignore[index]


def test_every_response_that_python_names_exists() -> None:
    code = [path for folder in ("actions", "bot", "barev") for path in sorted((ROOT / folder).rglob("*.py"))]
    named = {
        name
        for path in code
        for name in re.findall(r"[\"'](utter_\w+)[\"']", path.read_text(encoding="utf-8"))
    }
    key_of_rasas = {"utter_action"}
    assert {name for name in named if not name.endswith("_")} - key_of_rasas <= set(RESPONSES)


def test_counted_things_have_two_forms() -> None:
    for name in RESPONSES:
        if name.startswith("utter_count_"):
            assert all(len(text.split(" | ")) == 2 for text in texts(name).values())


def test_a_message_is_an_example_of_one_intent_only() -> None:
    """The same words under two intents teach neither."""
    meant: dict[str, set[str]] = defaultdict(set)
    for intent, varieties in examples().items():
        for messages in varieties.values():
            for message in messages:
                meant[message.casefold().strip(" .,!?։")].add(intent)
    assert {message: intents for message, intents in meant.items() if len(intents) > 1} == {}
