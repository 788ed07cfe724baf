"""One spelling for every script: Armenian and Georgian, native or Latin-typed, meet in the same folded Latin.

"Որտե՞ղ է", "vortegh e" and "vortex e" become the same letters, so an example in one spelling teaches all. What people
type in ways that folding does not join ("kvelaferi" for "yvelaferi") is generated from the native examples.
"""

from __future__ import annotations

import re

from bot.inside_rasa import latin_hy, latin_ka

PEOPLE = 3
"""How many people's habits the tables hold."""

# Spellings that mean the same sound, or sounds that people mix up when they type. Capitals stand for the joined ones.
_FOLDS = {
    **dict.fromkeys(["tch", "ch", "č"], "C"),
    **dict.fromkeys(["dzh", "dj", "zh", "ž", "j"], "J"),
    **dict.fromkeys(["sh", "š"], "S"),
    **dict.fromkeys(["kh", "gh", "x", "h"], "X"),
    **dict.fromkeys(["tc", "ts", "tz", "dz", "w"], "c"),
    **{"th": "t", "ph": "p", "f": "p", "q": "k", "ou": "u", "oo": "u", "@": "y", "ə": "y", "'": "", "’": ""},
}
_fold = re.compile("|".join(sorted(_FOLDS, key=len, reverse=True)))
_digit_for_letter = re.compile(
    r"(?<=[a-z])[46]|[46](?=[a-z])"
)  # 4 for ch and 6 for sh in Latin-typed Georgian
_twice = re.compile(r"(\D)\1+")
_start = re.compile(r"\bvo")


def folded(text: str) -> str:
    """A text in its normal form → the one spelling that all of its ways of typing share, as far as possible."""
    text = _latin(text, 0)
    text = _digit_for_letter.sub(lambda match: "C" if match[0] == "4" else "S", text)
    text = _fold.sub(lambda match: _FOLDS[match[0]], text)
    return _twice.sub(r"\1", _start.sub("o", text))


def typed_in_latin(text: str) -> list[str]:
    """How several people would type a text of native letters; nothing for one without."""
    if _latin(text, 0) == text:
        return []
    return [_latin(text, person, by_ear=True) for person in range(PEOPLE)]


def _habits(person: int, table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {letter: ways[person % len(ways)] for letter, ways in table.items()}


def _translator(person: int) -> tuple[dict[int, str], dict[str, str], dict[str, str]]:
    letters = {**_habits(person, latin_hy.LETTERS), **_habits(person, latin_ka.LETTERS)}
    starts = {**_habits(person, latin_hy.AT_THE_START), **_habits(person, latin_ka.AT_THE_START)}
    pairs = {pair: letters.pop(pair) for pair in list(letters) if len(pair) > 1}
    return str.maketrans(letters), pairs, starts


_PEOPLE = [_translator(person) for person in range(PEOPLE)]
_native_start = re.compile(r"\b(?:ո(?!վ)|ե)")


def _latin(text: str, person: int, by_ear: bool = False) -> str:
    letters, pairs, starts = _PEOPLE[person]
    for pair, way in pairs.items():
        text = text.replace(pair, way)
    if by_ear:
        text = _native_start.sub(lambda match: starts[match[0]], text)
    return text.translate(letters)
