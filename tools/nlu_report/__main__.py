"""Measure what is understood, and write docs/understanding.md. Runs in Rasa's environment (`make nlu-report`).

    python -m tools.nlu_report [--curve] [--out docs/understanding.md]

`--curve` also teaches with a quarter and with a half of the examples, which takes twice as long.
BAREV_NLU_DEV names the folder of the human-written development file; without it that part is left out and says so.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from barev.language import detect, words_of  # noqa: E402
from tools.nlu_report import page  # noqa: E402
from tools.nlu_report.figures import Answer, figures  # noqa: E402
from tools.nlu_report.reader import asked, taught, without_vectors  # noqa: E402
from tools.nlu_report.sources import (  # noqa: E402
    VARIETIES,
    Said,
    examples,
    held_out,
    share_of,
    written_by_people,
)

SHARES = (0.25, 0.5)


def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m tools.nlu_report", description=__doc__)
    wanted.add_argument("--curve", action="store_true", help="the learning curve too")
    wanted.add_argument("--out", type=Path, default=ROOT / "docs" / "understanding.md")
    options = wanted.parse_args()
    known, unseen, people = examples(), held_out(), written_by_people()
    model = taught(known)
    answers, took = asked(model.reader, unseen)
    alone, took_alone = asked(without_vectors(model.reader), unseen)

    parts = [page.HEAD, "## Messages written independently of the examples", page.table(grouped(answers))]
    vectors = model.reader.understanding.sense is not None
    if vectors:
        parts += ["## The same without sentence vectors", page.table(grouped(alone))]
    parts += ["## Where it goes wrong", page.weakest(answers)]
    parts += ["## What confidence is worth", page.confidence(answers)]
    parts += ["## Messages that people wrote", human(model.reader, people)]
    parts += ["## Language", language(unseen)]
    if options.curve:
        points = [(share, accuracy(share_of(known, share), unseen)) for share in SHARES]
        whole = {name: figures(some).accuracy for name, some in grouped(answers)}
        parts += [
            "## Learning curve: accuracy by the share of the examples",
            page.curve([*points, (1.0, whole)]),
        ]
    limits = model.reader.understanding.limits
    asked_for = sum(time > 8 for time in took) / len(took)
    parts += [
        "## What it costs",
        f"{len(known)} examples taught in {model.seconds:.0f} s ({model.cpu_seconds:.0f} s of CPU, vectors that were "
        f"kept from before not counted); {model.megabytes:.1f} MB on disk; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, Rasa's libraries included. "
        f"A message takes {times(took)}; by words alone {times(took_alone)}; "
        f"{100 * asked_for:.0f} % of these messages took more than 8 ms.",
        f"Limits found in training: words alone believed from {limits.alone:.2f}, enough from {limits.enough:.2f}, "
        f"both views believed from {limits.both:.2f}; probabilities to the power {limits.sharp_alone:.2f} and "
        f"{limits.sharp_both:.2f}.",
    ]
    text = "\n\n".join(part.rstrip() for part in parts) + "\n"
    options.out.write_text(text, encoding="utf-8")
    print(text)


def grouped(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    by_variety = [(name, [a for a in answers if a.said.source == name]) for name in VARIETIES]
    return [*by_variety, ("all", answers)]


def human(reader: object, people: list[Said]) -> str:
    if not people:
        return "Left out: BAREV_NLU_DEV names no folder with human.jsonl."
    answers, _ = asked(reader, people)
    sources = sorted({said.source for said in people})
    return page.table([*((s, [a for a in answers if a.said.source == s]) for s in sources), ("all", answers)])


def language(messages: list[Said]) -> str:
    """Of messages of three words or more."""
    shares = []
    for variety in VARIETIES:
        long = [said for said in messages if said.source == variety and len(words_of(said.text)) >= 3]
        right = sum(detect(said.text) == variety[:2] for said in long)
        shares.append(f"{variety} {100 * right / len(long):.1f} % of {len(long)}")
    return "Right for messages of three words or more: " + ", ".join(shares) + "."


def accuracy(known: list[Said], unseen: list[Said]) -> dict[str, float]:
    answers, _ = asked(taught(known).reader, unseen)
    return {name: figures(some).accuracy for name, some in grouped(answers)}


def times(milliseconds: list[float]) -> str:
    return (
        f"{np.median(milliseconds):.1f} ms of CPU in the middle, {np.percentile(milliseconds, 95):.1f} ms at "
        "the 95th percentile"
    )


if __name__ == "__main__":
    main()
