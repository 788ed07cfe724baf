"""Latin-typed Armenian and Georgian find back to their letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.inside_rasa.native import Speller, language_of_latin

KNOWN = [
    "որտեղ է իմ պատվերը",
    "ուզում եմ չեղարկել պատվերը",
    "ես ուզում եմ իմ գումարը",
    "երբ կբերեք ապրանքը",
    "სად არის ჩემი შეკვეთა",
    "მინდა ჩემი თანხა",
    "როდის მოვა ჩემი ამანათი",
    "ყველაფერი კარგად იყო",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller.learn(KNOWN)


@pytest.mark.parametrize(
    ("typed", "native"),
    [
        ("vortegh e im patvery", "որտեղ է իմ պատվերը"),
        ("vortex e im patver@", "որտեղ է իմ պատվերը"),
        ("sad aris chemi shekveta", "სად არის ჩემი შეკვეთა"),
        ("sad aris 4emi 6ekveta", "სად არის ჩემი შეკვეთა"),
        ("kvelaferi kargad iyo", "ყველაფერი კარგად იყო"),
    ],
)
def test_words_of_the_examples_are_found_in_any_spelling(speller: Speller, typed: str, native: str) -> None:
    assert speller.native(typed) == native


def test_an_unknown_word_is_spelt_letter_by_letter(speller: Speller) -> None:
    assert speller.native("sad aris chemi tamari").endswith("თამარი")
    assert speller.native("ուր է իմ գումարը") == "ուր է իմ գումարը"
    assert speller.native("im gumary mana vortegh e") == "իմ գումարը մանա որտեղ է"


@pytest.mark.parametrize("text", ["where is my order", "BR-104217", "", "🙂", "где мой заказ", "ok"])
def test_what_is_neither_stays_as_it_is(speller: Speller, text: str) -> None:
    assert speller.native(text) == text


def test_numbers_that_became_words_stay(speller: Speller) -> None:
    assert speller.native("ordernumber vortegh e im patvery") == "ordernumber որտեղ է իմ պատվերը"


def test_english_is_not_taken_for_another_language() -> None:
    assert language_of_latin("I would like to return these shoes please") is None
    assert language_of_latin("vonc hetevem patveris") == "hy"
    assert language_of_latin("rogor davabruno fexsacmeli") == "ka"


def test_it_comes_back_from_disk_as_it_was(speller: Speller, tmp_path: Path) -> None:
    speller.save(tmp_path / "words.json")
    again = Speller.load(tmp_path / "words.json")
    for text in ("vortex e im patver@", "rodis mova chemi amanati", "tamari"):
        assert again.native(text) == speller.native(text)
