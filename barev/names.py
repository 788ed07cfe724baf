"""Finding a name however it is typed: in its own script, or in Latin letters as people happen to spell it."""

from __future__ import annotations

import re
import unicodedata

from barev.language import normal_form

ARMENIAN = (
    "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=y թ=t ժ=zh ի=i լ=l խ=kh ծ=ts կ=k հ=h ձ=dz ղ=gh ճ=ch մ=m յ=y ն=n շ=sh ո=o \
չ=ch պ=p ջ=j ռ=r ս=s վ=v տ=t ր=r ց=ts ւ=v փ=p ք=k օ=o ֆ=f և=ev"
)
GEORGIAN = (
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=k შ=sh \
ჩ=ch ც=ts ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h"
)
LATIN = str.maketrans(dict(pair.split("=") for pair in f"{ARMENIAN} {GEORGIAN}".split()))
SAME = (  # spellings of one sound, in this order
    ("ou", "u"),
    ("kh", "x"),
    ("gh", "g"),
    ("zh", "j"),
    ("dj", "j"),
    ("ph", "p"),
    ("th", "t"),
    ("tch", "ch"),
    ("tz", "ts"),
    ("ck", "k"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("ii", "i"),
)


def search_text(name: str) -> str:
    """What a name is found by: its normal form, and how it sounds."""
    return f"{normal_form(name)} {sound(name)}"


def search_words(typed: str) -> list[tuple[str, str]]:
    """The words that were typed, each as (normal form, sound); a text with all of them, in either way, is found."""
    return [(word, sound(word)) for word in normal_form(typed).split()]


def sound(text: str) -> str:
    """In Latin letters, with the many spellings of one sound as one."""
    text = normal_form(text).replace("ու", "u").translate(LATIN)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = re.sub(r"['’`ʼ]", "", text)
    text = re.sub(
        r"\b(?:ye|vo)", lambda found: found[0][1], text
    )  # written so at the beginning of a word only
    for spelling, one in SAME:
        text = text.replace(spelling, one)
    return re.sub(r"([a-z])\1+", r"\1", text)
