"""Card numbers are taken out of a text; everything that only looks a little like one stays."""

import pytest

from barev.masking import CODE_MASK, MASK, codes_in, mask_cards, mask_codes


@pytest.mark.parametrize(
    "card",
    [
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "378282246310005",
        "4111111111111111",
        "9051 1600 0000 0000 003",
    ],
)
def test_a_card_number_is_masked(card):
    if card.startswith("9051"):
        card = card[:-1] + _luhn_digit(card[:-1])
    assert mask_cards(f"my card {card}, please") == f"my card {MASK}, please"


@pytest.mark.parametrize(
    "beside",
    [
        "{} 12 27 123",
        "{} 123",
        "{} 12/27",
        "my order 104217 {}",
        "104217\n{}\n12/27",
        "{}, {}",
    ],
)
@pytest.mark.parametrize("card", ["4111 1111 1111 1111", "4111111111111111", "4111  1111  1111  1111"])
def test_a_card_number_is_found_beside_other_numbers(beside, card):
    masked = mask_cards(beside.format(card, card))
    assert "1111" not in masked and MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "BR-104217",
        "+374 77 12 34 56",
        "+995 577 01 02 03 04 05",
        "tracking 4111 1111 1111 1112",
        "104217, 104218 and 104219",
        "1234567890123",
        "on 2026-11-21 at 10:00",
    ],
)
def test_what_is_no_card_number_stays(text):
    assert mask_cards(text) == text


def _luhn_digit(prefix: str) -> str:
    digits = [int(c) for c in prefix if c.isdigit()]
    total = sum(d * 2 - 9 if d > 4 else d * 2 for d in digits[-1::-2]) + sum(digits[-2::-2])
    return str(-total % 10)


@pytest.mark.parametrize(
    "text",
    ["123456", "123 456", "12-34-56", "1 2 3 4 5 6", "code: 123456.", "կոդը՝ 123456", "123456-ն է", "１２３４５６",
     "kod123456", "123.456", "123–456", "123 — 456", "123‑456", "1234 56", "12 3456", "1234-56", "12.34.56",
     "12 - 34 - 56", "1-2-3-4-5-6", "123\u00a0456", "BR-104217, 123456", "it's 123456!\n"],
)  # fmt: skip
def test_six_digits_by_themselves_can_be_a_code(text):
    assert codes_in(text) == ["123456"]
    masked = mask_codes(text)
    assert CODE_MASK in masked and codes_in(masked) == []
    assert ("BR-104217" in text) == ("BR-104217" in masked)


@pytest.mark.parametrize(
    "text",
    ["BR-104217", "br 104217", "BR104217", "#104217", "№ 104217", "ԲՐ-104217", "ბრ 104217", "+374 91 123456",
     "091 123456", "1234567", "12345", "ani@123456.com", "123456@example.com", "123 456 789",
     "BR 10 42 17", "BR 1042–17", "123–456–78",
     "1234.567", "091–12–34–56", "12 34", ""],
)  # fmt: skip
def test_orders_phones_and_longer_numbers_are_no_codes(text):
    assert codes_in(text) == [] and mask_codes(text) == text
