"""The names people call our three languages by: in each of them, in Russian, and in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Beginnings of words: endings follow in all of these languages.
_NAMES = {
    "en": "english|englis|անգլերեն|անգլիերեն|ინგლისურ|английск|англ|angleren|anglieren|inglisur",
    "hy": "armenian|հայերեն|հայերէն|სომხურ|армянск|армянс|hayeren|haeren|hajeren|haieren|somxur|somkhur|somhur",
    "ka": "georgian|վրացերեն|վրացերէն|ქართულ|грузинск|vraceren|vratseren|vraceran|kartul|qartul|qartvel",
}
_name = re.compile("|".join(rf"(?P<{language}>\b(?:{names})\w*)" for language, names in _NAMES.items()))


def language_names(text: str) -> Iterator[tuple[str, int, int]]:
    """(language, start, end) of every language named in a lower-case text."""
    for match in _name.finditer(text):
        yield str(match.lastgroup), match.start(), match.end()
