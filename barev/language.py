"""Which language a text is in, and its normal form. Standard library only: Rasa's side (Python 3.10) uses it too.

Armenian, Georgian and Russian are known by their script. Latin letters may be English, or Armenian or Georgian
as people type them ("barev dzez", "gamarjoba"): those are told apart by a small naive Bayes over the characters of
each word, whose figures `tools/latin_profile.py` counts in the training data and writes to `latin_profile.json`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "hy", "ka")

ARMENIAN_MARKS = dict.fromkeys(map(ord, "՛՜՞՚"))  # they sit inside words and would split them
SURE = 1.5
"""How much more likely (natural logarithm) the best language must be than the second to be believed."""

EXPECTED = 2.0
"""What the conversation's language has in its favour, in the same measure."""
SHORT = 3
"""So few Latin letters change no language: "yes" is an English yes and an Armenian I."""

KNOWN = 0.7
"""The share of character pairs and triples that must have been seen before; less is a cat on the keyboard."""

_word = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_not_words = re.compile(
    r"\S+@\S+|https?://\S+|\b\w*\d\w*\b"
)  # addresses and numbers say nothing of the language
_spaces = re.compile(r"\s+")


def normal_form(text: str) -> str:
    """A text as the language model compares it: NFKC, lower case (Georgian Mtavruli too), Armenian marks taken
    out, և/եւ/եվ written one way, runs of white space as one space."""
    text = unicodedata.normalize("NFKC", text).lower().translate(ARMENIAN_MARKS)
    text = text.replace("եւ", "և").replace("եվ", "և")
    return _spaces.sub(" ", text).strip()


def without_commands(text: str) -> str:
    """A person's text without what Rasa would obey: leading white space of any kind and slashes."""
    while text and (text[0].isspace() or text[0] == "/"):
        text = text[1:]
    return text


def script_of(letter: str) -> str | None:
    """hy, ka, ru or latin for a letter of that script, otherwise None."""
    point = ord(letter)
    if 0x0531 <= point <= 0x058F or 0xFB13 <= point <= 0xFB17:
        return "hy"
    if 0x10A0 <= point <= 0x10FF or 0x1C90 <= point <= 0x1CBF or 0x2D00 <= point <= 0x2D2F:
        return "ka"
    if 0x0400 <= point <= 0x052F:
        return "ru"
    if letter.isalpha() and (point < 0x0250 or 0x1E00 <= point <= 0x1EFF or 0xFF21 <= point <= 0xFF5A):
        return "latin"
    return None


def detect(text: str, expected: str | None = None) -> str | None:
    """The language of a message: en, hy, ka or ru; None where it does not say (no letters, or not clear enough).

    `expected` is the language of the conversation so far: Latin letters must speak clearly to change it.

    A text of two scripts has the language of the native one when that holds at least a third of the letters:
    people mix Latin words into Armenian and Georgian, not the other way round.
    """
    text = _not_words.sub(" ", text)
    letters: dict[str, int] = {}
    for letter in text:
        script = script_of(letter)
        if script:
            letters[script] = letters.get(script, 0) + 1
    total = sum(letters.values())
    if not total:
        return None
    native = max((s for s in letters if s != "latin"), key=lambda s: letters[s], default=None)
    if native and letters[native] * 3 >= total:
        return native
    return _latin(text, expected)


def _latin(text: str, expected: str | None) -> str | None:
    """English, or Armenian or Georgian in Latin letters; None where the best is not clearly the best, or where most
    of it is no language at all."""
    words = words_of(text)
    if expected and len("".join(words)) <= SHORT:
        return None
    weights, _ = _profile()
    grams = [gram for word in words for gram in grams_of(word)]
    if sum(gram in weights for gram in grams) < KNOWN * len(grams):
        return None
    scores = latin_scores(text)
    if expected in scores:
        scores[expected] += EXPECTED
    best, second, *_ = sorted(scores, key=lambda language: -scores[language])
    return best if scores[best] - scores[second] >= SURE else None


def latin_scores(text: str) -> dict[str, float]:
    """Log likelihood of a Latin-typed text in each language."""
    weights, unseen = _profile()
    scores = dict.fromkeys(LANGUAGES, 0.0)
    for word in words_of(text):
        known = weights.get("=" + word)
        if known:
            for language, weight in zip(LANGUAGES, known, strict=True):
                scores[language] += weight
        for gram in grams_of(word):
            for language, weight in zip(LANGUAGES, weights.get(gram, unseen), strict=True):
                scores[language] += weight
    return scores


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without numbers, addresses and links."""
    plain = unicodedata.normalize("NFKC", _not_words.sub(" ", text)).lower()
    return [word.replace("’", "'") for word in _word.findall(plain)]


def grams_of(word: str) -> list[str]:
    """The character pairs and triples of a word, its ends marked."""
    marked = f"<{word}>"
    return [marked[i : i + n] for n in (2, 3) for i in range(len(marked) - n + 1)]


@lru_cache(maxsize=1)
def _profile() -> tuple[dict[str, list[float]], list[float]]:
    raw = json.loads(Path(__file__).with_name("latin_profile.json").read_text(encoding="utf-8"))
    return raw["weights"], raw["unseen"]
