"""Customers and the contacts by which they are known."""

from __future__ import annotations

import phonenumbers

HOME_REGIONS = ("AM", "GE")
"""Where a phone number without a country code is looked for, in this order."""


def normal_email(text: str) -> str:
    """An e-mail address as it is stored and compared."""
    return text.strip().lower()


def normal_phones(text: str) -> list[str]:
    """The E.164 numbers that a typed phone number can mean: one with a country code, one per home region without."""
    found = []
    for region in HOME_REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(number) and value not in found:
            found.append(value)
    return found
