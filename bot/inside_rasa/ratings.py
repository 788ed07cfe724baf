"""Ratings of 1 to 5 as people give them: ★★★★☆, "5 stars", "4/5", "հինգ աստղ", "ხუთიანი", or a number and little else.

A lone figure counts wherever it stands; whether a rating was asked for is for the reader of intents to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = {
    1: "one|մեկ|mek|ერთი|ერთიანი|erti|ertiani",
    2: "two|երկու|erku|yerku|ორი|ორიანი|ori|oriani",
    3: "three|երեք|ereq|yereq|erek|yerek|სამი|სამიანი|sami|samiani",
    4: "four|չորս|chors|4ors|ოთხი|ოთხიანი|otxi|otkhi|otxiani|otkhiani",
    5: "five|հինգ|hing|ხუთი|ხუთიანი|xuti|khuti|xutiani|khutiani",
}
_VALUE = {word: str(value) for value, words in _WORDS.items() for word in words.split("|")}
_NUMBER = r"(?P<number>[1-5]|" + "|".join(sorted(_VALUE, key=len, reverse=True)) + r")"
_STAR = r"(?:stars?\b|աստղ\w*|աստ\b|astgh\w*|astx\w*|astg\b|astegh\w*|ვარსკვლავ\w*|varskvlav\w*|звезд\w*)"

_GIVEN = (
    r"(?:\w*აფასებ|\w*წერ|\w*დებ|\w*afaseb|\w*wer\b"
    r"|եմ (?:դնում|տալիս)|կ(?:դնեմ|տամ)|em (?:dnum|talis)|k(?:dnem|tam))"
)

_PATTERNS = [
    re.compile(r"(?<![\w./,-])" + _NUMBER + r"[\s-]{0,2}" + _STAR),
    re.compile(r"(?<![\w./,-])(?P<number>[1-5])\s?(?:/|out of|of|from|из)\s?5(?![\w/.])"),
    re.compile(r"(?<![\w./,-])5[\s-]?(?:ից|ic|ից\b|დან|dan)\s(?P<number>[1-5])(?![\w/.])"),
    re.compile(r"(?<![\w./,-])" + _NUMBER + r"(?:-?(?:ით|ს|ն|ը|it|s|n|@))?\s" + _GIVEN),
    re.compile(r"(?:აფასებ|afaseb)\w*\s" + _NUMBER + r"-?(?:ით|it)\b"),
    re.compile(r"(?<!\w)(?P<number>ერთიან|ორიან|სამიან|ოთხიან|ხუთიან|xutian|khutian|otxian|otkhian)\w*"),
]
_TITLE = re.compile(r"(?P<number>[1-5])\s?[–—-]\s[^\W\d].*", re.DOTALL)  # of a button, typed
_SIGNS = re.compile(r"(?:[★⭐🌟]\ufe0f?\s?)+(?:☆\s?)*")
_LONE = re.compile(r"[\W_]*" + _NUMBER + r"(?:-?(?:ը|ն|@|ით|ს|ი|ից|ով))?[\W_]*")
_LAST = re.compile(r"(?:[^\W\d_]+[^\w\d]{1,2}){1,3}(?P<number>[1-5])[\s.!։)]*")


def ratings(plain: str) -> Iterator[tuple[str, int, int]]:
    """(value "1" to "5", start, end) of the rating in a lower-case text; at most one, for two would be none."""
    found = {match.start(): match for pattern in _PATTERNS for match in pattern.finditer(plain)}
    whole = _LONE.fullmatch(plain) or _TITLE.fullmatch(plain) or _LAST.fullmatch(plain)
    if not found and whole:
        found[whole.start("number")] = whole
    rows = [(_value(match["number"]), match.start("number"), match.end()) for match in found.values()]
    for match in _SIGNS.finditer(plain):
        count = sum(match[0].count(sign) for sign in "★⭐🌟")
        if count <= 5:
            rows.append((str(count), match.start(), match.end()))
    if len({value for value, _, _ in rows}) == 1:
        value, start, end = min(rows, key=lambda row: row[1])
        yield value, start, end


def is_lone_number(typed: str) -> bool:
    """Whether a rating was typed as a number alone: it says only in its place that it is one."""
    return bool(_LONE.fullmatch(typed.lower()))


def _value(number: str) -> str:
    return _VALUE.get(number) or _VALUE.get(number + "i") or _VALUE.get(number + "ი") or number
