"""Two views together: the second is asked only where the first is not sure; limits are found on unseen examples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from bot.inside_rasa import lessons, sense, understanding
from bot.inside_rasa.kept import Kept
from bot.inside_rasa.lessons import NOT_REFUSED, REFUSED, teach
from bot.inside_rasa.understanding import Limits, Understanding
from bot.inside_rasa.vectors import SIZE

TEXTS = {
    "greet": ["hello", "hi there", "good day", "barev", "gamarjoba", "hey hello"],
    "ask_order_status": ["where is my order", "is it sent", "track my parcel", "order status", "sent it"],
    "thank": [
        "thank you",
        "thanks a lot",
        "many thanks",
        "thank",
        "thanks thanks",
        "you are kind, thank you",
    ],
    "out_of_scope": ["sing a song", "weather today", "who won", "cook a soup"],
}
PAIRS = [(text, intent) for intent, texts in TEXTS.items() for text in texts] * 3
MEANING = {text: place for place, texts in enumerate(TEXTS.values()) for text in texts}


class Embedder:
    """Stands for the wheel: texts of one meaning lie together."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    @staticmethod
    def _vector(text: str) -> np.ndarray:
        chance = np.random.default_rng(sum(text.encode()))
        vector = 0.05 * chance.standard_normal(SIZE)
        vector[MEANING.get(text, 0)] += 1
        return vector / np.linalg.norm(vector)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Embedder:
    embed = Embedder()
    for room in (lessons, understanding):
        monkeypatch.setattr(room, "embedder", lambda: embed)
    none = tmp_path / "none.npz"
    monkeypatch.setattr(lessons, "Kept", partial(Kept, own=tmp_path / "vectors.npz", shipped=none))
    return embed


def learned() -> Understanding:
    return teach([text for text, _ in PAIRS], [intent for _, intent in PAIRS])


def test_a_second_opinion_is_asked_only_below_the_limit(embedder: Embedder) -> None:
    model = learned()
    embedder.asked.clear()
    for enough, asked in ((0.0, []), (1.01, ["many thanks"])):
        limits = Limits(enough=enough)
        reader = Understanding(model.reading, limits, model.sense, model.speller, embedder)
        assert reader.read("many thanks")[0][0][0] == "thank"
        assert embedder.asked == asked


def test_the_same_words_are_not_looked_at_twice(embedder: Embedder) -> None:
    model = learned()
    reader = Understanding(model.reading, Limits(enough=1.01), model.sense, model.speller, embedder)
    embedder.asked.clear()
    assert reader.read("many thanks") == reader.read("many thanks")
    assert embedder.asked == ["many thanks"]


def test_where_no_vector_can_be_made_the_words_are_read_alone(
    monkeypatch: pytest.MonkeyPatch, embedder: Embedder, tmp_path: Path
) -> None:
    learned().save(tmp_path)
    for room in (lessons, understanding):
        monkeypatch.setattr(room, "embedder", lambda: None)
    embedder.asked.clear()
    for model in (Understanding.load(tmp_path), learned()):
        assert model.read("thanks a lot")[0][0][0] == "thank"
    assert embedder.asked == []


def test_it_comes_back_from_disk_as_it_was(embedder: Embedder, tmp_path: Path) -> None:
    model = learned()
    model.save(tmp_path)
    again = Understanding.load(tmp_path)
    for text in ("hello my parcel", "vortegh e im patvery", "thanks", "🙂"):
        ranked, sure = again.read(text)
        expected, expected_sure = model.read(text)
        assert [name for name, _ in ranked] == [name for name, _ in expected] and sure == expected_sure
        assert [p for _, p in ranked] == pytest.approx([p for _, p in expected], abs=1e-2)


def test_few_within_scope_are_refused(embedder: Embedder) -> None:
    model = learned()
    inside = [text for text, intent in PAIRS if intent not in NOT_REFUSED]
    assert sum(not model.read(text)[1] for text in inside) <= REFUSED * len(inside)
    assert 0 < model.limits.both <= model.limits.enough <= 1


def test_the_network_learns_what_lies_together_and_the_same_each_time() -> None:
    vectors = Embedder()([text for text, _ in PAIRS])
    first, second = (sense.learn(vectors, [intent for _, intent in PAIRS]) for _ in range(2))
    assert np.array_equal(first.likely(vectors), second.likely(vectors))
    best = [first.intents[place] for place in first.likely(vectors).argmax(axis=1)]
    assert best == [intent for _, intent in PAIRS]
