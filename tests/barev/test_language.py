"""Which language a message is in, and its normal form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from barev.language import detect, normal_form

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("Որտե՞ղ է իմ պատվերը", "hy"),
        ("სად არის ჩემი შეკვეთა", "ka"),
        ("ᲡᲐᲓ ᲐᲠᲘᲡ ᲩᲔᲛᲘ ᲨᲔᲙᲕᲔᲗᲐ", "ka"),
        ("Где мой заказ", "ru"),
        ("barev dzez, vortegh e im patvery", "hy"),
        ("gamarjoba, sad aris chemi shekveta", "ka"),
        ("Ｗｈｅｒｅ ｉｓ ｍｙ ｏｒｄｅｒ", "en"),
        ("order-ը ո՞ւր է", "hy"),
        ("BR-104217 որտեղ է", "hy"),
        ("anna@example.am", None),
        ("+374 77 12 34 56", None),
        ("BR-104217", None),
        ("👍", None),
        ("", None),
    ],
)
def test_a_message_is_in_this_language(text, language):
    assert detect(text) == language


@pytest.mark.parametrize("text", ["asdkjh qwe", "lkjhg fds", "hi", "mersi"])
def test_what_speaks_unclearly_does_not_change_the_language_of_a_conversation(text):
    assert detect(text, "ka") in (None, "ka")


@pytest.mark.parametrize(
    ("text", "language"), [("barev dzez", "hy"), ("hello there", "en"), ("gamarjoba", "ka")]
)
def test_what_speaks_clearly_changes_the_language_of_a_conversation(text, language):
    for expected in ("en", "hy", "ka"):
        assert detect(text, expected) == language


@pytest.mark.parametrize("text", ["yes", "Yes!", "yes please", "no", "ok", "thanks"])
def test_a_short_answer_in_english_leaves_the_language_of_an_english_conversation(text):
    assert detect(text, "en") in ("en", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Որտե՞ղ", "որտեղ"),
        ("Երեւան", "Երևան"),
        ("Երեվան", "Երևան"),
        ("ՀԱՅԵՐԵՆ", "հայերեն"),
        ("ᲡᲐᲓ ᲐᲠᲘᲡ", "სად არის"),
        ("ＡＢ－１２", "ab-12"),
        ("  two \u3000 words\n", "two words"),
    ],
)
def test_different_writings_have_one_normal_form(one, other):
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("variety", "language"),
    [("en", "en"), ("hy", "hy"), ("ka", "ka"), ("hy_latin", "hy"), ("ka_latin", "ka")],
)
def test_messages_of_three_words_or_more_are_recognised(variety, language):
    """The issue asks for 98 % in the end; Latin-typed Armenian is the hardest."""
    blocks = yaml.safe_load((ROOT / f"tests/nlu/{variety}.yml").read_text(encoding="utf-8"))["nlu"]
    texts = [line[2:] for block in blocks for line in block["examples"].splitlines()]
    long = [text for text in texts if sum(word.isalpha() for word in text.split()) >= 3]
    wrong = [(detect(text), text) for text in long if detect(text) != language]
    assert len(long) > 80
    assert len(wrong) <= 0.04 * len(long), wrong


def test_the_profile_of_latin_spellings_fits_the_training_data():
    """A change of data/nlu must be counted anew: .venv/bin/python tools/latin_profile.py"""
    code = "import json, tools.latin_profile as t; print(json.dumps(t.profile()))"
    counted = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(counted) == json.loads((ROOT / "barev/latin_profile.json").read_text(encoding="utf-8"))
