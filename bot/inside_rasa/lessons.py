"""From the examples in data/nlu/ to what the model learns from, and how sure it must be to be believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from barev.language import normal_form
from bot.inside_rasa.details import Detail, find
from bot.inside_rasa.reading import Reading, learn
from bot.inside_rasa.spellings import folded, typed_in_latin

_TOKENS = {"order_number": " ordernumber ", "email": " emailaddress ", "phone": " phonenumber "}

REFUSED = 0.05
"""The share of messages within scope that may be taken for not understood."""

NOT_REFUSED = frozenset({"out_of_scope"})
FOLDS = 5


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


def teach(texts: Sequence[str], intents: Sequence[str]) -> tuple[Reading, float]:
    """The model, and the probability below which its best intent is not believed."""
    lessons = [spellings(text) for text in texts]
    return _learn(lessons, intents), _threshold(lessons, np.array(intents))


def _learn(lessons: Sequence[list[str]], intents: Sequence[str]) -> Reading:
    pairs = [(way, intent) for ways, intent in zip(lessons, intents, strict=True) for way in ways]
    return learn([way for way, _ in pairs], [intent for _, intent in pairs])


def _threshold(lessons: list[list[str]], intents: np.ndarray) -> float:
    """Each example is read by a model that has not seen it, nor any of its spellings."""
    from sklearn.model_selection import StratifiedKFold

    sure = []
    for known, unknown in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(intents, intents):
        model = _learn([lessons[place] for place in known], intents[known])
        for place in unknown:
            if intents[place] not in NOT_REFUSED:
                ranked = model.rank(lessons[place][0])
                sure.append(ranked[0][1] if ranked else 0.0)
    return float(np.quantile(sure, REFUSED, method="lower")) if sure else 0.0
