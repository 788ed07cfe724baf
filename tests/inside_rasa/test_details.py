"""What `find` takes for an order number, an e-mail address, a phone number, a language, and what it does not."""

from __future__ import annotations

import time

import pytest

from bot.inside_rasa.details import find


def seen(text: str) -> list[tuple[str, str]]:
    return [(detail.entity, detail.value) for detail in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "BR-104217",
        "br 104217",
        "br104217",
        "#104217",
        "№104217",
        "N 104217",
        "ԲՐ-104217",
        "բր 104217",
        "ბრ-104217",
        "ᲑᲠ-104217",
        "БР-104217",
        "ＢＲ－１０４２１７",
        "BR 10 42 17",
        "BR-104 217",
        "BR 1 0 4 2 1 7",
        "br.104217",
        "BR—104217",
        "104217",
        "10 42 17",
        "BR-104217։",
        "BR-104217՞",
        "BR-104217-ի մասին",
        "104217-ը",
        "104217ის",
        "where is 104217?",
        "my number is BR-104217, not more",
    ],
)
def test_an_order_number_is_found_in_every_way_of_writing_it(text: str) -> None:
    assert seen(text) == [("order_number", "BR-104217")]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "in 2026 I bought it",
        "15000 dram",
        "15000 դրամ",
        "15000֏",
        "$15000",
        "12.05.2026",
        "24/11/2026",
        "10:30",
        "BR1042177",
        "123",
        "12345678",
        "room 104",
        "abr1042",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+374 91 12-34-56", "+37491123456"),
        ("00374 91 123456", "+37491123456"),
        ("374 91 123456", "37491123456"),
        ("(091) 12-34-56", "091123456"),
        ("091 123456", "091123456"),
        ("91 12 34 56", "91123456"),
        ("+995 555 12 34 56", "+995555123456"),
        ("555 12 34 56", "555123456"),
        ("032 2 12 34 56", "0322123456"),
        ("+7 (999) 123-45-67", "+79991234567"),
        ("+1 202 555 0143", "+12025550143"),
        ("＋３７４９１１２３４５６", "+37491123456"),
        ("հեռախոսս 091123456։", "091123456"),
    ],
)
def test_a_phone_number_is_found_and_is_no_order_number(text: str, value: str) -> None:
    assert seen(text) == [("phone", value)]


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.com",
        "Anna@Example.COM.",
        "anna@example.com-ով",
        "փոստս anna@example.com։",
        "ａｎｎａ＠example.com",
    ],
)
def test_an_address_is_lower_case_and_without_what_follows(text: str) -> None:
    assert seen(text) == [("email", "anna@example.com")]


def test_digits_in_an_address_are_no_order_number() -> None:
    assert seen("anna104217@example.com") == [("email", "anna104217@example.com")]


def test_several_details_keep_their_order() -> None:
    assert seen("104217 055123456 anna@example.com") == [
        ("order_number", "BR-104217"),
        ("phone", "055123456"),
        ("email", "anna@example.com"),
    ]
    assert [entity for entity, _ in seen("055123456 104217")] == ["phone", "order_number"]


def test_one_value_is_given_once() -> None:
    assert seen("BR-104217 ... br 104217 BR-104218") == [
        ("order_number", "BR-104217"),
        ("order_number", "BR-104218"),
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English please", "en"),
        ("անգլերենով", "en"),
        ("ინგლისურად", "en"),
        ("по-английски", "en"),
        ("in Armenian", "hy"),
        ("հայերեն խոսեք", "hy"),
        ("hayeren", "hy"),
        ("სომხურად", "hy"),
        ("по-армянски", "hy"),
        ("Georgian", "ka"),
        ("ქართულად", "ka"),
        ("kartulad", "ka"),
        ("վրացերեն", "ka"),
        ("на грузинском", "ka"),
    ],
)
def test_a_language_is_known_by_its_name_in_every_language(text: str, language: str) -> None:
    assert seen(text) == [("language", language)]


@pytest.mark.parametrize(
    "text",
    ["ﬁne, № 104217 ok", "և BR-104217։", "ԲՐ-104217", "x ＢＲ－１０４２１７ y", "me+x@example.com և №104218"],
)
def test_places_are_those_of_the_text_as_it_was_typed(text: str) -> None:
    for detail in find(text):
        piece = text[detail.start : detail.end]
        assert seen(piece) == [(detail.entity, detail.value)]
        assert piece == piece.strip()


@pytest.mark.parametrize("piece", ["a.", "a@a.", "br ", "1 ", "0-", "+1 ", "(0", "#"])
def test_a_long_message_is_read_quickly(piece: str) -> None:
    begun = time.perf_counter()
    find(piece * 4000)
    assert time.perf_counter() - begun < 1
