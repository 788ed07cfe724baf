"""The model reads as scikit-learn would, and comes back from disk as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.inside_rasa.details import find
from bot.inside_rasa.lessons import plain, spellings
from bot.inside_rasa.reading import VIEWS, Reading, learn

TEXTS = {
    "greet": ["hello", "hi there", "good day", "barev", "gamarjoba", "hey hello"],
    "ask_order_status": [
        "where is my order",
        "is it sent",
        "track my parcel",
        "order status",
        "where order is",
        "sent it",
    ],
    "thank": [
        "thank you",
        "thanks a lot",
        "many thanks",
        "thank",
        "thanks thanks",
        "you are kind, thank you",
    ],
}
PAIRS = [(text, intent) for intent, texts in TEXTS.items() for text in texts]
NEW = ["hello my parcel", "thanks for the order", "where", "is it good", "hey you there"]


@pytest.fixture(scope="module")
def reading() -> Reading:
    return learn([text for text, _ in PAIRS], [intent for _, intent in PAIRS])


def test_it_gives_the_figures_of_scikit_learn(reading: Reading) -> None:
    views = [TfidfVectorizer(lowercase=False, sublinear_tf=True, **view) for view in VIEWS]
    features = hstack([view.fit_transform([text for text, _ in PAIRS]) for view in views])
    model = LogisticRegression(C=20, class_weight="balanced", solver="liblinear", tol=0.01, random_state=0)
    model.fit(features, [intent for _, intent in PAIRS])
    theirs = model.predict_proba(hstack([view.transform(NEW) for view in views]))
    for text, row in zip(NEW, theirs, strict=True):
        ours = dict(reading.rank(text))
        assert [ours[name] for name in model.classes_] == pytest.approx(
            row, abs=1e-3
        )  # weights are kept as float16


def test_the_likeliest_comes_first_and_all_add_up_to_one(reading: Reading) -> None:
    ranked = reading.rank("thanks")
    assert ranked[0][0] == "thank"
    assert [likely for _, likely in ranked] == sorted((likely for _, likely in ranked), reverse=True)
    assert sum(likely for _, likely in ranked) == pytest.approx(1)


def test_a_text_without_one_known_term_has_no_ranking(reading: Reading) -> None:
    assert reading.rank("") == []
    assert reading.rank("🙂") == []


def test_it_comes_back_from_disk_as_it_was(reading: Reading, tmp_path: Path) -> None:
    reading.save(tmp_path)
    again = Reading.load(tmp_path)
    for text in NEW:
        assert again.rank(text) == reading.rank(text)


def test_learning_twice_gives_the_same(reading: Reading) -> None:
    again = learn([text for text, _ in PAIRS], [intent for _, intent in PAIRS])
    assert np.array_equal(again._weights, reading._weights)


def test_numbers_and_addresses_become_one_word_each() -> None:
    text = "BR-104217 և ANNA@example.com, 091 123456։"
    assert plain(text, find(text)) == "ordernumber և emailaddress , phonenumber ։"


def test_an_example_teaches_its_typed_spellings_too() -> None:
    assert spellings("ყველაფერი") == ["yvelaperi", "kvelaperi"]
    assert spellings("hello") == spellings("hello")[:1]
