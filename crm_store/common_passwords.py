"""What everybody tries first (NIST SP 800-63B, 3.1.1.2): common words, keys side by side, digits in a row, years.

Lists of leaked passwords are made of these, put together until they are long enough; so what counts is what is left
when they are taken out.
"""

from __future__ import annotations

import re

LEFT = 5
"""So many characters must be left: less, and the common parts are all there is to guess."""
WORDS = (
    "password passwort parol пароль գաղտնաբառ პაროლი passphrase passcode kennwort secret trustno letmein openup "
    "welcome hello barev gamarjoba privet iloveyou loveyou lovely sunshine princess superman batman spiderman pokemon "
    "starwars dragon monkey tiger panda shadow master killer hunter ninja soccer football baseball basketball hockey "
    "liverpool chelsea arsenal barcelona juventus michael jordan jessica ashley charlie daniel nicole summer winter "
    "spring autumn monday friday january december flower cookie banana orange cheese chocolate pepper coffee whatever "
    "freedom forever family mother computer internet samsung google facebook admin administrator root login user guest "
    "default changeme change test testing demo example temp access server support service manager office company "
    "business shop store market online website desk agent owner staff yerevan armenia hayastan ararat tbilisi georgia "
    "sakartvelo batumi gyumri correct horse battery staple abc one two three four five six seven eight nine zero the "
    "my is you and for this me new"
)
"""From the longest to the shortest, so that none hides another."""
ROWS: tuple[str, ...] = (
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)
ROWS += ("1qaz2wsx3edc4rfv5tgb6yhn7ujm", "q1w2e3r4t5y6u7i8o9p0", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
SHORTEST_RUN = 3
STANDS_FOR = str.maketrans("@43015$7", "aaeolsst")
YEAR = re.compile(r"(19|20)\d\d")
SAME = re.compile(r"(.{1,3}?)\1{2,}")

_words = re.compile("|".join(sorted(WORDS.split(), key=len, reverse=True)))


def is_common(password: str) -> bool:
    """Whether next to nothing is left of it, as it is typed or with its signs read as letters (p@ssw0rd)."""
    small = password.casefold()
    return any(len(_rest(text)) < LEFT for text in (small, YEAR.sub(" ", small).translate(STANDS_FOR)))


def _rest(text: str) -> str:
    text = SAME.sub(" ", YEAR.sub(" ", _words.sub(" ", _without_runs(text))))
    return "".join(character for character in text if character.isalnum())


def _without_runs(text: str) -> str:
    """Without pieces of keys side by side, forwards and backwards, the longest first."""
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), SHORTEST_RUN, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    return text
