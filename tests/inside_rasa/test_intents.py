"""The intent component inside Rasa: trained, kept in Rasa's storage, loaded, asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.inside_rasa.entities import EntityFinder
from bot.inside_rasa.intents import FALLBACK, IntentReader, fingerprinted_files
from bot.inside_rasa.understanding import Limits, Understanding

EXAMPLES = {
    "greet": ["hello", "hi", "good day to you", "բարև ձեզ", "բարև", "გამარჯობა", "hey there", "salut"],
    "ask_order_status": [
        "where is my order",
        "where is my parcel now",
        "որտե՞ղ է իմ պատվերը",
        "պատվերս որտեղ է",
        "სად არის ჩემი შეკვეთა",
        "შეკვეთა სად არის",
        "track my order",
        "status of order BR-104217",
    ],
    "out_of_scope": [
        "what is the weather",
        "sing a song",
        "ինչ եղանակ է",
        "երգիր մի երգ",
        "რა ამინდია",
        "მიმღერე რამე",
        "who won the game",
        "translate this word",
    ],
    "inform": ["my number is BR-104217", "it is 104217", "anna@example.com is mine", "իմ համարը BR-104217 է"]
    * 2,
}
CONTEXT = ExecutionContext(GraphSchema({}))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> IntentReader:
    storage, resource = LocalModelStorage(tmp_path_factory.mktemp("model")), Resource("reader")
    messages = [Message({TEXT: text, INTENT: name}) for name, texts in EXAMPLES.items() for text in texts]
    IntentReader.create({}, storage, resource, CONTEXT).train(TrainingData(messages))
    return IntentReader.load({}, storage, resource, CONTEXT)


def first(reader: IntentReader, text: str) -> dict:
    [message] = reader.process([Message({TEXT: text})])
    return message.get("intent")


def wary(reader: IntentReader) -> IntentReader:
    """The same model that believes nothing."""
    known = reader.understanding
    return IntentReader(None, None, Understanding(known.reading, Limits(alone=1.01)))


@pytest.mark.parametrize(
    "text", ["where is my order?", "Որտեղ է պատվերս", "vortex e im patvery", "sad aris 4emi 6ekveta"]
)
def test_a_question_is_understood_in_every_script_and_spelling(trained: IntentReader, text: str) -> None:
    assert first(trained, text)["name"] == "ask_order_status"


@pytest.mark.parametrize(
    "text", ["BR-104217", "№104217։", "anna@example.com!", "BR-104217, anna@example.com", "+37491123456"]
)
def test_details_and_nothing_else_are_informed_for_certain(trained: IntentReader, text: str) -> None:
    assert first(trained, text) == {"name": "inform", "confidence": 1.0}


def test_the_name_of_a_language_alone_is_the_wish_for_it(trained: IntentReader) -> None:
    assert first(trained, "ქართულად!") == {"name": "change_language", "confidence": 1.0}


@pytest.mark.parametrize("text", ["🙂🙂", "", "?!", "მმმ ჟჟჟ"])
def test_what_cannot_be_read_is_a_fallback_that_keeps_the_ranking(trained: IntentReader, text: str) -> None:
    [message] = wary(trained).process([Message({TEXT: text})])
    ranking = message.get("intent_ranking")
    assert ranking[0] == message.get("intent")
    assert ranking[0]["name"] == FALLBACK
    known = [row["confidence"] for row in ranking[1:]]
    assert known == sorted(known, reverse=True)


def test_below_the_threshold_the_best_guess_comes_second(trained: IntentReader) -> None:
    best = trained.read("where is my order")[0]
    ranking = wary(trained).read("where is my order")
    assert [row["name"] for row in ranking[:2]] == [FALLBACK, best["name"]]


def test_entities_are_given_as_rasa_wants_them() -> None:
    [message] = EntityFinder.create({}, None, None, None).process([Message({TEXT: "it is br 104217"})])
    assert message.get("entities") == [
        {"entity": "order_number", "value": "BR-104217", "start": 6, "end": 15, "extractor": "EntityFinder"}
    ]


def test_the_fingerprint_covers_every_file_the_component_uses() -> None:
    root = Path(__file__).parents[2]
    used = {
        Path(module.__file__)
        for name, module in list(sys.modules.items())
        if name.split(".")[0] in ("bot", "barev") and getattr(module, "__file__", None)
    }
    empty = {path for path in used if not path.read_bytes().strip()}
    assert used - empty <= set(fingerprinted_files())
    assert {path for path in (root / "bot" / "inside_rasa").glob("*.py")} <= set(fingerprinted_files())


def test_a_change_in_any_of_these_files_changes_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = IntentReader.fingerprint_addon({})
    for number, path in enumerate(fingerprinted_files()):
        changed = tmp_path / str(number) / path.name
        changed.parent.mkdir()
        changed.write_bytes(path.read_bytes() + b"\n# changed")
        files = [changed if other == path else other for other in fingerprinted_files()]
        monkeypatch.setattr("bot.inside_rasa.intents.fingerprinted_files", lambda files=files: files)
        assert IntentReader.fingerprint_addon({}) != now, path.name
        monkeypatch.undo()
    assert IntentReader.fingerprint_addon({}) == now


def test_vectors_that_come_or_go_change_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for there in (None, lambda texts: None):
        monkeypatch.setattr("bot.inside_rasa.intents.embedder", lambda there=there: there)
        seen.add(IntentReader.fingerprint_addon({}))
    assert len(seen) == 2


def test_a_message_that_the_words_are_sure_of_is_read_within_milliseconds(trained: IntentReader) -> None:
    import time

    known = trained.understanding
    reader = IntentReader(None, None, Understanding(known.reading, known.limits))

    took = []
    for _ in range(200):
        begun = time.perf_counter()
        reader.read("Բարև ձեզ, որտե՞ղ է իմ պատվերը BR-104217, ես սպասում եմ արդեն մի շաբաթ")
        took.append(time.perf_counter() - begun)
    assert sorted(took)[100] < 0.005
