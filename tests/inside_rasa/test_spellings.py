"""One spelling for all scripts."""

from __future__ import annotations

import pytest

from barev.language import normal_form
from bot.inside_rasa.spellings import folded, typed_in_latin


@pytest.mark.parametrize(
    ("native", "typed"),
    [
        ("որտե՞ղ է իմ պատվերը", "vortegh e im patvery"),
        ("որտե՞ղ է իմ պատվերը", "Vortex e im patver@"),
        ("շնորհակալություն", "shnorhakalutyun"),
        ("ինչու չեք բերում", "inchu cheq berum"),
        ("ինչու չեք բերում", "inchu chek beroum"),
        ("երբ կհասնի", "erb khasni"),
        ("სად არის ჩემი შეკვეთა", "sad aris chemi shekveta"),
        ("სად არის ჩემი შეკვეთა", "sad aris 4emi 6eqveta"),
        ("სად არის ჩემი შეკვეთა", "sad aris chemi shekveta"),
        ("სად არის ჩემი შეკვეთა", "Sad aris 4emi 6eqveta"),
        ("როდის მოვა ამანათი", "rodis mova amanati"),
        ("ხვალ", "xval"),
        ("ხვალ", "khval"),
        ("წაიღეთ", "waighet"),
    ],
)
def test_native_and_typed_words_fold_into_one(native: str, typed: str) -> None:
    assert folded(normal_form(native)) == folded(normal_form(typed))


def test_different_words_stay_different() -> None:
    words = [
        "պատվեր",
        "առաքում",
        "այո",
        "ոչ",
        "შეკვეთა",
        "მიწოდება",
        "დიახ",
        "არა",
        "order",
        "delivery",
        "yes",
        "no",
    ]
    assert len({folded(word) for word in words}) == len(words)


def test_several_people_type_a_native_text_each_in_their_way() -> None:
    armenian = typed_in_latin(normal_form("Որտե՞ղ է իմ պատվերը"))
    assert armenian == ["vortegh e im patvery", "vortex e im patver@", "orteg e im patwere"]
    georgian = typed_in_latin("სად არის ჩემი შეკვეთა")
    assert georgian == ["sad aris chemi shekveta", "sad aris 4emi 6ekveta", "sad aris cemi sekvetha"]


def test_each_time_the_same_spellings_come_out() -> None:
    text = "როდის ჩამოვა ჩემი ამანათი, ყველაფერი წავა"
    assert typed_in_latin(text) == typed_in_latin(text)


def test_a_text_without_native_letters_has_no_other_spellings() -> None:
    assert typed_in_latin("where is my order") == []
    assert typed_in_latin("где мой заказ") == []


def test_every_letter_of_both_alphabets_has_a_latin_one() -> None:
    letters = "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև" + "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
    for letter in letters:
        for typed in typed_in_latin(letter):
            assert (typed and typed.isascii()) or typed == "š", letter
