"""The component by itself, taught as in `rasa train` and asked without Rasa around it; measures as it goes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.inside_rasa.intents import FALLBACK, IntentReader
from bot.inside_rasa.lessons import teach
from bot.inside_rasa.understanding import Understanding
from tools.nlu_report.figures import Answer
from tools.nlu_report.sources import Said


@dataclass(frozen=True)
class Taught:
    reader: IntentReader
    seconds: float
    cpu_seconds: float
    megabytes: float


def taught(examples: Sequence[Said]) -> Taught:
    began, cpu = time.perf_counter(), time.process_time()
    understanding = teach([said.text for said in examples], [said.intent for said in examples])
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    with tempfile.TemporaryDirectory() as folder:
        understanding.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
    return Taught(IntentReader(None, None, understanding), seconds, cpu_seconds, size)


def without_vectors(reader: IntentReader) -> IntentReader:
    """The same model where no vectors can be made."""
    known = reader.understanding
    return IntentReader(None, None, Understanding(known.reading, known.limits))


def asked(reader: IntentReader, messages: Sequence[Said]) -> tuple[list[Answer], list[float]]:
    """An answer to each, and the CPU milliseconds it took, one after the other."""
    answers, took = [], []
    for said in messages:
        began = time.process_time()
        ranking = reader.read(said.text)
        took.append((time.process_time() - began) * 1000)
        guesses = [row for row in ranking if row["name"] != FALLBACK]
        confidence = guesses[0]["confidence"] if guesses else 0.0
        names = [row["name"] for row in guesses]
        answers.append(Answer(said, names, ranking[0]["name"] != FALLBACK, confidence))
    return answers, took
