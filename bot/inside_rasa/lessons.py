"""From the examples in data/nlu/ to what the model learns from, and how sure it must be to be believed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from barev.language import normal_form
from bot.inside_rasa import reading, sense
from bot.inside_rasa.details import Detail, find
from bot.inside_rasa.kept import Kept
from bot.inside_rasa.native import Speller
from bot.inside_rasa.reading import Reading
from bot.inside_rasa.spellings import folded, typed_in_latin
from bot.inside_rasa.understanding import Limits, Understanding, sharpened, together
from bot.inside_rasa.vectors import embedder

_TOKENS = {"order_number": " ordernumber ", "email": " emailaddress ", "phone": " phonenumber "}

REFUSED = 0.05
"""The share of messages within scope that may be taken for not understood."""

NOT_REFUSED = frozenset({"out_of_scope"})
PARTS = 3
"""Of so many parts of the examples one is kept back to find the limits: thousands of messages, and a third of the time
that reading every part unseen would take."""
RIGHT_ENOUGH = 0.98
"""So often the words alone must be right for no vector to be asked."""
POWERS = np.geomspace(0.5, 4, 13)


def plain(text: str, details: list[Detail]) -> str:
    """The normal form of a message, its numbers and addresses each as one word."""
    for detail in reversed(details):
        token = _TOKENS.get(detail.entity)
        if token:
            text = text[: detail.start] + token + text[detail.end :]
    return normal_form(text)


def spellings(text: str) -> list[str]:
    """Every folded spelling an example teaches, its own first, each once."""
    normal = plain(text, find(text))
    return list(dict.fromkeys(folded(way) for way in [normal, *typed_in_latin(normal)]))


def in_own_letters(texts: Sequence[str]) -> tuple[list[str], Speller]:
    """What vectors are made of, and who writes it so."""
    normal = [plain(text, find(text)) for text in texts]
    speller = Speller.learn(normal)
    return [speller.native(text) for text in normal], speller


def teach(texts: Sequence[str], intents: Sequence[str]) -> Understanding:
    """Both views and their limits; the first alone where no vectors can be made."""
    lessons = [spellings(text) for text in texts]
    names = np.array(intents)
    embed = embedder()
    native, speller = in_own_letters(texts) if embed else ([], None)
    vectors = Kept(embed)(native) if embed else None
    # one thread for each lesson and none within: small multiplications do not wait for each other
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        words = side_by_side.submit(_words, lessons, names)
        meaning = side_by_side.submit(sense.learn, vectors, names) if embed else None
        limits = _limits(lessons, names, vectors, side_by_side)
        return Understanding(words.result(), limits, meaning and meaning.result(), speller, embed)


def _words(lessons: Sequence[list[str]], intents: Sequence[str] | np.ndarray) -> Reading:
    pairs = [(way, intent) for ways, intent in zip(lessons, intents, strict=True) for way in ways]
    return reading.learn([way for way, _ in pairs], [intent for _, intent in pairs])


def _limits(
    lessons: list[list[str]], intents: np.ndarray, vectors: np.ndarray | None, side_by_side: Executor
) -> Limits:
    """From a third of the examples, read by views that have seen neither them nor any of their spellings."""
    from sklearn.model_selection import StratifiedKFold

    parts = StratifiedKFold(PARTS, shuffle=True, random_state=0)
    known, unknown = next(parts.split(intents, intents))
    unknown = unknown[
        np.isin(intents[unknown], intents[known])
    ]  # the only example of an intent says nothing here
    learned = side_by_side.submit(_words, [lessons[place] for place in known], intents[known])
    sensed = side_by_side.submit(sense.learn, vectors[known], intents[known]) if vectors is not None else None
    names, intents = learned.result().intents, intents[unknown]
    truth = np.searchsorted(names, intents)
    raw = _read_by_words(learned.result(), [lessons[place][0] for place in unknown])
    inside = ~np.isin(intents, list(NOT_REFUSED))
    sharp_alone = _sharpness(raw, truth)
    words = sharpened(raw, sharp_alone)
    alone = _quantile(words.max(axis=1)[inside])
    if sensed is None or vectors is None:
        return Limits(alone=alone, sharp_alone=sharp_alone)
    both = together(raw, sensed.result().likely(vectors[unknown]))
    sharp_both = _sharpness(both, truth)
    both = sharpened(both, sharp_both)
    enough = _enough(words, truth)
    asked = words.max(axis=1) < enough
    refused = np.where(asked, both.max(axis=1), 1.0)  # what the words alone are sure of is never refused
    both_sure = min(_quantile(refused[inside]), enough)
    return Limits(alone, enough, both_sure, sharp_alone, sharp_both)


def _read_by_words(model: Reading, texts: Sequence[str]) -> np.ndarray:
    """A row of probabilities for each text: all alike where not one term is known."""
    nothing = np.full(len(model.intents), 1 / len(model.intents))
    rows = [model.likely(text) for text in texts]
    return np.array([nothing if row is None else row for row in rows])


def _sharpness(likely: np.ndarray, truth: np.ndarray) -> float:
    """The power that makes the probabilities of the right intents the likeliest."""

    def surprise(power: float) -> float:
        return float(-np.log(sharpened(likely, power)[np.arange(len(truth)), truth]).mean())

    return float(min(POWERS, key=surprise))


def _enough(likely: np.ndarray, truth: np.ndarray) -> float:
    """The lowest probability from which on the best intent is right often enough."""
    best = likely.max(axis=1)
    order = np.argsort(-best)
    right = np.cumsum(likely.argmax(axis=1)[order] == truth[order]) / np.arange(1, len(order) + 1)
    places = np.flatnonzero(right >= RIGHT_ENOUGH)
    return float(best[order[places[-1]]]) if len(places) else 1.0


def _quantile(best: np.ndarray) -> float:
    return float(np.quantile(best, REFUSED, method="lower")) if len(best) else 0.0
