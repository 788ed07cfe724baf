"""The wording of the pages: English in the templates, Armenian and Georgian in catalogues/<language>/*.po.

The .po files are what is edited and what is read; nothing has to be compiled.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "catalogues"


@lru_cache
def translations(language: str) -> NullTranslations:
    """Everything that is translated into a language, all files of its folder together; English needs none."""
    merged: Translations | None = None
    for path in sorted((CATALOGUES / language).glob("*.po")):
        packed = BytesIO()
        with path.open("rb") as source:
            write_mo(packed, read_po(source, locale=language))
        packed.seek(0)
        one = Translations(packed)
        merged = one if merged is None else merged.merge(one)
    return merged or NullTranslations()
