"""What was understood, in figures. An answer is the ranking that the component gives, nlu_fallback first if unsure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.nlu_report.sources import Said

FALLBACK, OUTSIDE = "nlu_fallback", "out_of_scope"


@dataclass(frozen=True)
class Answer:
    """`guesses`: intents, the likeliest first, whether believed or not."""

    said: Said
    guesses: Sequence[str]
    believed: bool
    confidence: float

    @property
    def right(self) -> bool:
        return bool(self.guesses) and self.guesses[0] == self.said.intent


@dataclass(frozen=True)
class Figures:
    """Shares of 1. `accuracy`, `top_two` and `f1` are of the best guess; the rest is of what was believed."""

    count: int
    accuracy: float
    top_two: float
    f1: float
    refused: float
    caught: float
    believed_right: float


def figures(answers: Sequence[Answer]) -> Figures:
    inside = [answer for answer in answers if answer.said.intent != OUTSIDE]
    outside = [answer for answer in answers if answer.said.intent == OUTSIDE]
    believed = [answer for answer in inside if answer.believed]
    return Figures(
        count=len(answers),
        accuracy=_share(answer.right for answer in answers),
        top_two=_share(answer.said.intent in answer.guesses[:2] for answer in answers),
        f1=macro_f1(answers),
        refused=_share(not answer.believed for answer in inside),
        caught=_share(not answer.believed or answer.right for answer in outside),
        believed_right=_share(answer.right for answer in believed),
    )


def macro_f1(answers: Sequence[Answer]) -> float:
    meant = Counter(answer.said.intent for answer in answers)
    given = Counter(answer.guesses[0] for answer in answers if answer.guesses)
    right = Counter(answer.said.intent for answer in answers if answer.right)
    return sum(2 * right[name] / (meant[name] + given[name]) for name in meant) / max(len(meant), 1)


def interval(share: float, count: int) -> float:
    """Half of Wilson's 95 % interval."""
    if not count:
        return 0.0
    z = 1.96
    return z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)


def confusions(answers: Sequence[Answer], most: int) -> list[tuple[str, str, int]]:
    wrong = Counter((a.said.intent, a.guesses[0]) for a in answers if a.guesses and not a.right)
    return [(meant, given, count) for (meant, given), count in wrong.most_common(most)]


def by_intent(answers: Sequence[Answer]) -> list[tuple[str, float]]:
    """The weakest first."""
    names = sorted({answer.said.intent for answer in answers})
    shares = [(name, _share(a.right for a in answers if a.said.intent == name)) for name in names]
    return sorted(shares, key=lambda pair: pair[1])


def calibration(answers: Sequence[Answer]) -> list[tuple[float, float, int]]:
    """For each fifth of confidence: what was said, what was right, of how many."""
    rows = []
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        some = [a for a in answers if low <= a.confidence < low + 0.2 or (low == 0.8 and a.confidence >= 1)]
        if some:
            said = sum(a.confidence for a in some) / len(some)
            rows.append((said, _share(a.right for a in some), len(some)))
    return rows


def _share(these: Iterable[bool]) -> float:
    values = list(these)
    return sum(values) / len(values) if values else float("nan")
