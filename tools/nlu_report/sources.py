"""The messages: what is learned from, what is held out, and the human-written development file."""

from __future__ import annotations

import json
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIETIES = ("en", "hy", "ka", "hy_latin", "ka_latin")


class Said(NamedTuple):
    """A message, the intent it was written for, and its variety or source."""

    text: str
    intent: str
    source: str


def examples() -> list[Said]:
    return [
        said
        for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml"))
        for said in _read(path, path.parent.name)
    ]


def held_out() -> list[Said]:
    return [
        said for variety in VARIETIES for said in _read(ROOT / "tests" / "nlu" / f"{variety}.yml", variety)
    ]


def written_by_people() -> list[Said]:
    """The file in the folder BAREV_NLU_DEV; nothing where that is not set or not there."""
    folder = os.environ.get("BAREV_NLU_DEV")
    path = Path(folder, "human.jsonl") if folder else None
    if not path or not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Said(row["text"], row["intent"], f"{row['source']} {row['lang']}") for row in rows]


def share_of(examples: list[Said], share: float) -> list[Said]:
    """The same share of every intent in every variety, chosen by chance, at least two of each."""
    groups: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for said in examples:
        groups[said.source, said.intent].append(said)
    chance = random.Random(0)
    return [
        said for group in groups.values() for said in chance.sample(group, max(2, round(share * len(group))))
    ]


def _read(path: Path, source: str) -> list[Said]:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [
        Said(line.strip()[2:], block["intent"], source)
        for block in blocks
        for line in block["examples"].splitlines()
        if line.strip()
    ]
