"""Take out of a text what must not be kept: numbers of payment cards."""

from __future__ import annotations

import re

MASK = "•••• •••• •••• ••••"
FIRST_DIGITS = "2345679"  # the ranges of the card networks, ArCa's 9 among them

_digits = re.compile(r"(?<![\d+])(?:\d[ \-\u00a0.]?){12,18}\d(?!\d)")


def mask_cards(text: str) -> str:
    """The text with every payment card number (13 to 19 digits that pass Luhn's check) made unreadable."""
    return _digits.sub(lambda found: MASK if is_card(found[0]) else found[0], text)


def is_card(text: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B) over the digits of a text that begins like a card number."""
    digits = [int(c) for c in text if c.isdecimal()]
    if not 13 <= len(digits) <= 19 or str(digits[0]) not in FIRST_DIGITS:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
