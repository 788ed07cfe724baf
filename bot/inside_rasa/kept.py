"""Sentence vectors made before, by text: most come with the repository, the rest stay in var/ between trainings.

A text takes 15 to 45 ms, those of all examples five minutes and more, and the same text has the same vector everywhere.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.inside_rasa.vectors import LONGEST, SIZE, Embed, all_cores

SHIPPED = Path(__file__).with_name("kept_vectors.npz")
"""Of the examples in data/nlu/, written by `make vectors`."""

OWN = Path(__file__).parents[2] / "var" / "vectors.npz"
"""In the checkout, not with the data of an installation: a second installation teaches the same examples."""

MOST = 50_000
"""So many are kept in var/: 20 MB."""

KEY_BYTES = 12
Rows = dict[bytes, np.ndarray]
"""Key of a text → its vector in whole steps, of int8, 127 the largest: 2 % of a step's size make no difference."""


class Kept:
    """The same as `embed`, but each text once; what no file holds yet is made on all cores and written to `own`."""

    def __init__(self, embed: Embed, *, own: Path = OWN, shipped: Path = SHIPPED) -> None:
        self._embed, self._own = embed, own
        self._shipped, self._kept = read(shipped), read(own)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        rows = self.rows(texts)
        vectors = np.array([rows[key_of(text)] for text in texts], dtype=np.float32).reshape(-1, SIZE)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def rows(self, texts: Iterable[str]) -> Rows:
        """Of these texts and no others."""
        wanted = {key_of(text): text for text in texts}
        new = {
            key: text for key, text in wanted.items() if key not in self._shipped and key not in self._kept
        }
        if new:
            with all_cores():
                self._kept |= dict(zip(new, in_steps(self._embed(list(new.values()))), strict=True))
            if len(self._kept) > MOST:
                self._kept = {key: row for key, row in self._kept.items() if key in wanted}
            with suppress(
                OSError
            ):  # a folder that cannot be written costs time at the next training, no more
                write(self._own, self._kept)
        return {key: self._shipped[key] if key in self._shipped else self._kept[key] for key in wanted}


def key_of(text: str) -> bytes:
    return hashlib.blake2b(text[:LONGEST].encode(), digest_size=KEY_BYTES).digest()


def in_steps(vectors: np.ndarray) -> np.ndarray:
    return np.rint(127 * vectors / np.abs(vectors).max(axis=1, keepdims=True)).astype(np.int8)


def read(path: Path) -> Rows:
    """What a file holds; nothing where it is missing or spoilt."""
    spoilt = (OSError, ValueError, KeyError, EOFError, BadZipFile)
    with suppress(*spoilt), np.load(path, allow_pickle=False) as stored:
        keys = stored["keys"].tobytes()
        cuts = range(0, len(keys), KEY_BYTES)
        return dict(zip((keys[cut : cut + KEY_BYTES] for cut in cuts), stored["rows"], strict=True))
    return {}


def write(path: Path, rows: Rows) -> None:
    """Whole or not at all, in the order of the keys and not packed, so that git stores a small change small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.stem}.{os.getpid()}.npz")
    ordered = sorted(rows)
    keys = np.frombuffer(b"".join(ordered), dtype=np.uint8)
    np.savez(half, keys=keys, rows=np.array([rows[key] for key in ordered], dtype=np.int8))
    half.replace(path)
