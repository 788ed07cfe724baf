"""Examples are not what is tested: no held-out message stands nearly the same among them, nor under another intent.

Of messages of four words and more: everybody greets and thanks in the same two words.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.shared.utils.io import read_yaml_file
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from barev.language import normal_form
from bot.inside_rasa.spellings import folded

ROOT = Path(__file__).parents[2]
NEARLY = 0.8
"""The share of letter triples, of all that two messages have, that both have; in any script and spelling."""
WORDS = 4


def messages(pattern: str) -> list[tuple[str, str]]:
    return [
        (line.strip()[2:], block["intent"])
        for path in sorted(ROOT.glob(pattern))
        for block in read_yaml_file(path)["nlu"]
        for line in block["examples"].splitlines()
        if len(line.split()) > WORDS
    ]


def near(ones: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """Pairs that are nearly the same, with their intents."""
    triples = CountVectorizer(analyzer="char_wb", ngram_range=(3, 3), binary=True, dtype=np.int32)
    triples.fit([folded(normal_form(text)) for text, _ in ones + others])
    first, second = (
        triples.transform([folded(normal_form(text)) for text, _ in some]) for some in (ones, others)
    )
    both = (first @ second.T).tocoo()
    sizes, other_sizes = _sizes(first), _sizes(second)
    alike = both.data / (sizes[both.row] + other_sizes[both.col] - both.data)
    return [
        (*ones[row], *others[column])
        for row, column in zip(both.row[alike >= NEARLY], both.col[alike >= NEARLY], strict=True)
    ]


def _sizes(rows: csr_matrix) -> np.ndarray:
    return np.asarray(rows.sum(axis=1)).ravel()


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
def test_no_example_is_nearly_a_held_out_message(language: str) -> None:
    assert near(messages(f"data/nlu/{language}*/*.yml"), messages(f"tests/nlu/{language}*.yml")) == []


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
def test_nearly_the_same_words_do_not_stand_for_two_intents(language: str) -> None:
    known = messages(f"data/nlu/{language}*/*.yml")
    assert [pair for pair in near(known, known) if pair[1] < pair[3]] == []
