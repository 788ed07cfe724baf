"""From the examples in data/nlu/ to what the model learns from, and how sure it must be to be believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from barev.language import normal_form
from bot.inside_rasa import reading, sense
from bot.inside_rasa.details import Detail, find
from bot.inside_rasa.native import Speller
from bot.inside_rasa.reading import Reading
from bot.inside_rasa.spellings import folded, typed_in_latin
from bot.inside_rasa.understanding import Limits, Understanding, sharpened, together
from bot.inside_rasa.vectors import Kept, embedder, kept_vectors

_TOKENS = {"order_number": " ordernumber ", "email": " emailaddress ", "phone": " phonenumber "}

REFUSED = 0.05
"""The share of messages within scope that may be taken for not understood."""

NOT_REFUSED = frozenset({"out_of_scope"})
FOLDS = 3
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


def teach(texts: Sequence[str], intents: Sequence[str]) -> Understanding:
    """Both views and their limits; the first alone where no vectors can be made."""
    normal = [plain(text, find(text)) for text in texts]
    lessons = [spellings(text) for text in texts]
    names = np.array(intents)
    embed = embedder()
    if not embed:
        return Understanding(_words(lessons, names), _limits(lessons, names, None))
    speller = Speller.learn(normal)
    vectors = Kept(embed, kept_vectors())([speller.native(text) for text in normal])
    limits = _limits(lessons, names, vectors)
    return Understanding(_words(lessons, names), limits, sense.learn(vectors, names), speller, embed)


def _words(lessons: Sequence[list[str]], intents: Sequence[str] | np.ndarray) -> Reading:
    pairs = [(way, intent) for ways, intent in zip(lessons, intents, strict=True) for way in ways]
    return reading.learn([way for way, _ in pairs], [intent for _, intent in pairs])


def _limits(lessons: list[list[str]], intents: np.ndarray, vectors: np.ndarray | None) -> Limits:
    """From examples read by views that have seen neither them nor any of their spellings."""
    from sklearn.model_selection import StratifiedKFold

    names = np.unique(intents)
    truth = np.searchsorted(names, intents)
    words, both = np.zeros((2, len(intents), len(names)))
    for known, unknown in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(intents, intents):
        model = _words([lessons[place] for place in known], intents[known])
        nothing = np.full(len(names), 1 / len(names))
        for place in unknown:
            likely = model.likely(lessons[place][0])
            words[place] = nothing if likely is None else likely
        if vectors is not None:
            meant = sense.learn(vectors[known], intents[known]).likely(vectors[unknown])
            both[unknown] = together(words[unknown], meant)

    inside = ~np.isin(intents, list(NOT_REFUSED))
    sharp_alone = _sharpness(words, truth)
    words = sharpened(words, sharp_alone)
    alone = _quantile(words.max(axis=1)[inside])
    if vectors is None:
        return Limits(alone=alone, sharp_alone=sharp_alone)
    sharp_both = _sharpness(both, truth)
    both = sharpened(both, sharp_both)
    enough = _enough(words, truth)
    asked = words.max(axis=1) < enough
    refused = np.where(asked, both.max(axis=1), 1.0)  # what the words alone are sure of is never refused
    both_sure = min(_quantile(refused[inside]), enough)
    return Limits(alone, enough, both_sure, sharp_alone, sharp_both)


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
