"""The details people give in a message: order numbers, e-mail addresses, phone numbers, names of languages, ratings.

`find(text)` gives them with normalised values and their places in the text as it was typed. They are looked for in
a copy with the compatibility forms resolved (full-width digits and letters), whose every character knows its origin.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from bot.inside_rasa.languages import language_names
from bot.inside_rasa.ratings import ratings


class Detail(NamedTuple):
    """`entity` is order_number, email, phone, language or rating; `text[start:end]` is what was typed."""

    entity: str
    value: str
    start: int
    end: int


_EMAIL = re.compile(
    r"(?<![a-z0-9._%+'-])[a-z0-9_%+][a-z0-9._%+'-]*@(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![a-z0-9@])"
)

# People type the letters in their own script. Digits come plain or in groups: 104217, 10 42 17, 104 217, 1 0 4 2 1 7.
_DIGITS = r"(\d{4,6}|\d{2,3}(?:[ -]\d{2,3}){1,2}|\d(?: \d){3,5})(?!\d)"
_NAMED = re.compile(r"(?<![^\W_])(?:(?:br|բր|ბრ|бр)[\s#._:–—-]*|[#n]\s?)" + _DIGITS)
_BARE = re.compile(r"(?<![\w$€₾֏+@/])(?<![\d][.,:/ -])(?<!-)(\d{4,6})(?![\d%€$₾֏@/])(?![ .,:/-]\d)")
_GROUPED = re.compile(r"[\s\x00]*" + _DIGITS + r"[\s\x00.,!?։]*")
_YEAR = re.compile(r"(?:19\d|20[0-3])\d")
_CARD = re.compile(r"(?<![\w+])\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?!\d)")
_MONEY = re.compile(
    r"\s?(?:դրամ|драм|დრამ|dram|amd|lari|gel|ლარ|լարի|usd|eur|руб|rub|dollar|euro|դոլար|դոլլար|დოლარ|ევრო)"
)

_GAP = r"[\s().-]{0,2}"
_PHONE = re.compile(
    r"(?<![\w@+])(?:"
    + r"|".join(
        [
            r"(?:\+|00)?\s?374" + _GAP + _GAP.join([r"\d"] * 8),  # Armenia
            r"(?:\+|00)?\s?995" + _GAP + _GAP.join([r"\d"] * 9),  # Georgia
            r"(?:\+|00)[1-9]" + _GAP + _GAP.join([r"\d"] * 6) + r"(?:[\s().-]?\d){0,8}",  # anywhere
            r"\(?0" + _GAP + _GAP.join([r"\d"] * 9),  # 032 2 12 34 56
            r"\(?0" + _GAP + _GAP.join([r"\d"] * 8),  # 091 12 34 56
            r"5" + _GAP.join([r"\d"] * 9)[2:],  # 555 12 34 56
            r"(?:33|4[13479]|55|77|9[13-9])" + _GAP + _GAP.join([r"\d"] * 6),  # 91 12 34 56
        ]
    )
    + r")(?!\d|[\s-]\d{1,3}(?!\d))"
)


def find(text: str) -> list[Detail]:
    """Every detail once, in the order of the text; of two that overlap the surer kind is taken."""
    plain, origin = _plain(text)
    plain = _CARD.sub(lambda match: "\x00" * len(match[0]), plain)  # neither a phone number nor an order's
    found: list[Detail] = []

    def take(entity: str, value: str, start: int, end: int) -> None:
        nonlocal plain
        if not any(known[:2] == (entity, value) for known in found):
            found.append(Detail(entity, value, origin[start], origin[end - 1] + 1))
        plain = plain[:start] + "\x00" * (end - start) + plain[end:]  # nothing else is read there

    for match in _EMAIL.finditer(plain):
        take("email", match[0], match.start(), match.end())
    for match in _NAMED.finditer(plain):
        take("order_number", "BR-" + _digits(match[1]), match.start(), match.end())
    for match in _PHONE.finditer(plain):
        take("phone", _phone(match[0]), match.start(), match.end())
    alone = _GROUPED.fullmatch(plain)
    if alone:
        take("order_number", "BR-" + _digits(alone[1]), *alone.span(1))
    for match in _BARE.finditer(plain):
        if not (_YEAR.fullmatch(match[1]) or _MONEY.match(plain, match.end())):
            take("order_number", "BR-" + match[1], match.start(), match.end())
    for language, start, end in language_names(plain):
        take("language", language, start, end)
    for rating, start, end in list(ratings(plain)):
        take("rating", rating, start, end)
    return sorted(found, key=lambda detail: detail.start)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in lower case with compatibility forms resolved, and for each character where it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        for plain in "#" if letter == "№" else unicodedata.normalize("NFKC", letter).lower():
            letters.append(plain)
            origin.append(place)
    return "".join(letters), origin


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(letter)) for letter in text if letter.isdigit())


def _phone(text: str) -> str:
    """Digits only, with the leading + when it was given; 00 before a country code means the same."""
    digits = _digits(text)
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+" * text.startswith("+") + digits
