"""The first view of a text: its words and letters, for all languages and spellings at once.

Words (1-2) and characters (2-5) of the folded text, weighted by TF-IDF, into a logistic regression. Learned with
scikit-learn; read with the few lines here, which give the same figures without building anything for each message.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

VIEWS: tuple[dict[str, Any], ...] = (
    {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
)

FEW = 1000
"""In more texts than these, what stands in one of them only teaches nothing and doubles the time and the model."""


class Reading:
    """`rank(folded_text)` gives (intent, probability) pairs, the most likely first."""

    def __init__(
        self,
        intents: Sequence[str],
        terms: list[list[str]],
        idf: np.ndarray,
        weights: np.ndarray,
        bias: np.ndarray,
    ) -> None:
        """`weights` has a row for each term of both views in turn, and a column for each intent."""
        from sklearn.feature_extraction.text import CountVectorizer

        self.intents = list(intents)
        self._terms, self._idf, self._weights, self._bias = terms, idf, weights, bias
        self._views, first = [], 0
        for view, known in zip(VIEWS, terms, strict=True):
            analyse = CountVectorizer(lowercase=False, **view).build_analyzer()
            self._views.append((analyse, {term: first + place for place, term in enumerate(known)}))
            first += len(known)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Nothing when not one term of the text is known."""
        likely = self.likely(text)
        if likely is None:
            return []
        return [(self.intents[place], float(likely[place])) for place in np.argsort(-likely)]

    def likely(self, text: str) -> np.ndarray | None:
        """A probability for each of `intents`; None when not one term of the text is known."""
        scores, seen = self._bias, False
        for analyse, places in self._views:
            counts = Counter(places[term] for term in analyse(text) if term in places)
            if counts:
                rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
                weight = (
                    1 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
                ) * self._idf[rows]
                scores = scores + (weight / np.sqrt(weight @ weight)) @ self._weights[rows]
                seen = True
        if not seen:
            return None
        likely = 1 / (1 + np.exp(-scores))
        return likely / likely.sum()

    def save(self, folder: Path) -> None:
        (folder / "terms.json").write_text(
            json.dumps([self.intents, self._terms], ensure_ascii=False), encoding="utf-8"
        )
        np.savez_compressed(
            folder / "weights.npz", idf=self._idf, weights=self._weights.astype(np.float16), bias=self._bias
        )

    @classmethod
    def load(cls, folder: Path) -> Reading:
        intents, terms = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            return cls(intents, terms, stored["idf"], stored["weights"].astype(np.float32), stored["bias"])


def learn(texts: Sequence[str], intents: Sequence[str]) -> Reading:
    """A model from folded texts and their intents; the same texts give the same model."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    seen_twice = 2 if len(texts) > FEW else 1
    views = [TfidfVectorizer(lowercase=False, sublinear_tf=True, min_df=seen_twice, **view) for view in VIEWS]
    features = hstack([view.fit_transform(texts) for view in views]).tocsr()
    # liblinear, one intent against the rest: as right as lbfgs here and twelve times faster
    model = LogisticRegression(C=20, class_weight="balanced", solver="liblinear", tol=0.01, random_state=0)
    model.fit(features, np.array(intents))
    return Reading(
        intents=[str(name) for name in model.classes_],
        terms=[list(view.get_feature_names_out()) for view in views],
        idf=np.concatenate([view.idf_ for view in views]).astype(np.float32),
        # as exact as what is kept on disk, so that a model reads the same before and after it was stored
        weights=np.ascontiguousarray(model.coef_.T, dtype=np.float16).astype(np.float32),
        bias=model.intercept_.astype(np.float64),
    )
