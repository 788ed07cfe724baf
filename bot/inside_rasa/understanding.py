"""Both views of a message together: its words and letters always, its sentence vector where those are not sure.

Every limit is found in training (lessons.py) on examples that the views had not seen.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.inside_rasa.native import Speller
from bot.inside_rasa.reading import Reading
from bot.inside_rasa.sense import Sense
from bot.inside_rasa.spellings import folded
from bot.inside_rasa.vectors import Embed, embedder

LEAST = 1e-6
REMEMBERED = 2000
"""So many of the latest messages are not looked at again: a vector takes 15 ms, and people ask in the same words."""


@dataclass(frozen=True)
class Limits:
    """What the best intent's probability is held against."""

    alone: float = 0.0
    """Below it the best intent of the words alone is not believed: for where no vector can be made."""
    enough: float = 1.0
    """From it on the words alone are believed and no vector is asked for."""
    both: float = 0.0
    """Below it the best intent of both views is not believed."""
    sharp_alone: float = 1.0
    sharp_both: float = 1.0
    """Probabilities to this power say how often the best intent is right."""


class Understanding:
    """`read(plain_text)` gives the intents, the likeliest first, and whether the first may be believed."""

    def __init__(
        self,
        reading: Reading,
        limits: Limits,
        sense: Sense | None = None,
        speller: Speller | None = None,
        embed: Embed | None = None,
    ) -> None:
        self.reading, self.limits, self.sense, self.speller = reading, limits, sense, speller
        self._embed = embed
        self._meant = lru_cache(maxsize=REMEMBERED)(self._by_meaning)

    def read(self, text: str) -> tuple[list[tuple[str, float]], bool]:
        """`text` as lessons.plain makes it. No intents where not one term is known."""
        words = self.reading.likely(folded(text))
        if words is None:
            return [], False
        likely, sure = sharpened(words, self.limits.sharp_alone), self.limits.alone
        if self.sense and likely.max() < self.limits.enough and (meant := self._meant(text)) is not None:
            likely, sure = sharpened(together(words, meant), self.limits.sharp_both), self.limits.both
        ranked = [(self.reading.intents[place], float(likely[place])) for place in np.argsort(-likely)]
        return ranked, ranked[0][1] >= sure

    def _by_meaning(self, text: str) -> np.ndarray | None:
        if not (self.sense and self.speller and self._embed):
            return None
        return self.sense.likely(self._embed([self.speller.native(text)]))[0]

    def save(self, folder: Path) -> None:
        self.reading.save(folder)
        (folder / "limits.json").write_text(json.dumps(asdict(self.limits)), encoding="utf-8")
        if self.sense and self.speller:
            self.sense.save(folder / "sense.npz")
            self.speller.save(folder / "words.json")

    @classmethod
    def load(cls, folder: Path) -> Understanding:
        """A model that was trained with vectors reads without them where they cannot be made."""
        limits = Limits(**json.loads((folder / "limits.json").read_text(encoding="utf-8")))
        reading = Reading.load(folder)
        if not (folder / "sense.npz").exists():
            return cls(reading, limits)
        sense, speller = Sense.load(folder / "sense.npz"), Speller.load(folder / "words.json")
        return cls(reading, limits, sense, speller, embedder())


def together(words: np.ndarray, meant: np.ndarray) -> np.ndarray:
    """Their geometric mean: an intent that either view rules out is ruled out."""
    return np.sqrt(words * meant)


def sharpened(likely: np.ndarray, power: float) -> np.ndarray:
    grown = np.maximum(likely, LEAST) ** power
    return grown / grown.sum(axis=-1, keepdims=True)
