"""Take out of a text what must not be kept: numbers of payment cards, and one-time codes."""

from __future__ import annotations

import re
import unicodedata

MASK = "•••• •••• •••• ••••"
FIRST_DIGITS = "2345679"  # the ranges of the card networks, ArCa's 9 among them

CODE_MASK = "••••••"

_groups = re.compile(r"(?<![\d+])\d+(?:[\s.\-/]{1,2}\d+)*")
_group = re.compile(r"\d+")

# Six digits by themselves, also in groups (123 456, 123.456, 1234–56, 12 - 34 - 56, 1 2 3 4 5 6); not those of an order
# (BR-104217, #104217), of a longer number or of an address.
_dashes = "\\-\u2010-\u2015\u2212"
_gap = rf"(?:\s?[.{_dashes}]\s?|\s)"
_order_mark = r"(?:br|բր|ბრ|бр)[\s._:–—-]*|[#№]\s?"
_code = re.compile(
    rf"(?P<order>{_order_mark})?(?<![\d@+])(?<!\d[\s.,{_dashes}])"
    rf"(?P<code>\d{{6}}|\d{{3}}{_gap}\d{{3}}|\d{{4}}{_gap}\d\d|\d\d{_gap}\d{{4}}|\d\d{_gap}\d\d{_gap}\d\d"
    rf"|(?:\d{_gap}){{5}}\d)(?!@)(?![\s.,{_dashes}]?\d)",
    re.IGNORECASE,
)


def codes_in(text: str) -> list[str]:
    """What can be a one-time code in this text, as six plain digits each."""
    return [
        "".join(str(unicodedata.digit(c)) for c in found["code"] if c.isdecimal())
        for found in _code.finditer(text)
        if not found["order"]
    ]


def mask_codes(text: str) -> str:
    """The text with everything that can be a one-time code made unreadable."""
    return _code.sub(lambda found: found[0] if found["order"] else CODE_MASK, text)


def mask_cards(text: str) -> str:
    """The text with every payment card number (13 to 19 digits that pass Luhn's check) made unreadable.

    People write an expiry date, a security code or an order number beside it: every stretch of whole groups of digits
    is looked at, the longest first.
    """
    return _groups.sub(lambda run: _masked(run[0]), text)


def _masked(run: str) -> str:
    groups = [match.span() for match in _group.finditer(run)]
    for first in range(len(groups)):
        for last in reversed(range(first, len(groups))):
            start, end = groups[first][0], groups[last][1]
            if is_card(run[start:end]):
                return run[:start] + MASK + _masked(run[end:])
    return run


def is_card(text: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B) over the digits of a text that begins like a card number."""
    digits = [int(c) for c in text if c.isdecimal()]
    if not 13 <= len(digits) <= 19 or str(digits[0]) not in FIRST_DIGITS:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
