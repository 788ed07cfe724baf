"""Latin-typed Armenian and Georgian back into their own letters: "vortegh e" → "որտեղ է".

The sentence vectors know both languages in native script only. Words of the examples are found by their folded
spelling; an unknown word is spelt letter by letter, the way its letters stand together in those words.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from barev.language import latin_scores, script_of
from bot.inside_rasa import latin_hy, latin_ka
from bot.inside_rasa.spellings import folded, typed_in_latin

CLEARLY = 1.0
"""How much more likely (natural logarithm) than English a Latin text must be to be Armenian or Georgian."""
BEAM = 12
RARE = 0.7
"""What a less usual spelling of a letter costs, in the same measure."""

_TABLES = {"hy": latin_hy, "ka": latin_ka}
_word = re.compile(r"[^\W_]+(?:@[^\W_]*)*", re.UNICODE)
_TOKENS = frozenset({"ordernumber", "emailaddress", "phonenumber"})


def language_of_latin(text: str) -> str | None:
    """hy or ka for a text typed in Latin letters that is clearly one of them rather than English."""
    if any(script_of(letter) in ("hy", "ka", "ru") for letter in text):
        return None
    scores = latin_scores(text)
    best = max(scores, key=lambda language: scores[language])
    return best if best != "en" and scores[best] - scores["en"] >= CLEARLY else None


class Speller:
    """What the native words of the examples teach: which word a spelling means, which letters follow each other."""

    def __init__(self, words: dict[str, dict[str, int]]) -> None:
        """`words`: language → native word → how often it was seen."""
        self._words = words
        self._known = {language: _by_spelling(seen) for language, seen in words.items()}
        self._follow = {language: _letter_pairs(seen) for language, seen in words.items()}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Speller:
        words: dict[str, Counter[str]] = {language: Counter() for language in _TABLES}
        for text in texts:
            for word in _word.findall(text):
                script = script_of(word[0])
                if script in words and all(script_of(letter) == script for letter in word):
                    words[script][word] += 1
        return cls({language: dict(seen) for language, seen in words.items()})

    def native(self, text: str) -> str:
        """The text in its own letters; unchanged where it is not Latin-typed Armenian or Georgian."""
        language = language_of_latin(text)
        if not language:
            return text
        return _word.sub(lambda match: self._spelt(match[0], language), text)

    def _spelt(self, word: str, language: str) -> str:
        if word in _TOKENS or word.isdigit():
            return word
        known = self._known[language].get(folded(word))
        return known or self._by_letters(word, language)

    def _by_letters(self, word: str, language: str) -> str:
        """The likeliest native letters; each way reads on from the left, and the best few are kept."""
        follow, seen = self._follow[language]
        ways: list[list[tuple[float, str]]] = [[] for _ in range(len(word) + 1)]
        ways[0] = [(0.0, "")]
        for place in range(len(word)):
            for cost, sofar in sorted(ways[place])[:BEAM]:
                for typed, letters in _letters(language, place == 0):
                    if not word.startswith(typed, place):
                        continue
                    for rank, letter in letters:
                        before = ("^" + sofar)[-2:]
                        odds = (
                            follow.get(before + letter, 0) + 0.3 * _share(follow, seen, before[-1] + letter)
                        ) / (seen.get(before, 0) + 0.3)
                        step = RARE * min(rank, 1) - math.log(odds + 1e-4)
                        ways[place + len(typed)].append((cost + step, sofar + letter))
                if not ways[place + 1] and place + 1 <= len(word):
                    ways[place + 1].append((cost + 9.0, sofar + word[place]))
        return min(ways[-1])[1] if ways[-1] else word

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self._words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Speller:
        return cls(json.loads(path.read_text(encoding="utf-8")))


def _share(follow: dict[str, int], seen: dict[str, int], pair: str) -> float:
    return (follow.get(pair, 0) + 0.01) / (seen.get(pair[0], 0) + 0.4)


def _by_spelling(seen: dict[str, int]) -> dict[str, str]:
    """Folded spelling → the native word it most often stands for."""
    known: dict[str, str] = {}
    for exact in (False, True):  # what the plainest spelling says wins over what others would type
        for word in sorted(seen, key=lambda word: seen[word]):
            for way in [word] if exact else typed_in_latin(word):
                known[folded(way)] = word
    return known


def _letter_pairs(seen: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """How often letters follow one and two others, and how often those were there."""
    follow: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for word in seen:
        marked = "^" + word
        for place in range(1, len(marked)):
            for start in {max(place - 2, 0), place - 1}:
                follow[marked[start : place + 1]] += 1
                before[marked[start:place]] += 1
    return follow, before


@lru_cache(maxsize=4)
def _letters(language: str, first: bool) -> list[tuple[str, list[tuple[int, str]]]]:
    """Latin spelling → (how unusual, native letter), from the tables of people's habits."""
    ways: dict[str, dict[str, int]] = {}
    table = _TABLES[language]
    for source in [table.LETTERS, *([table.AT_THE_START] if first else [])]:
        for letter, spellings in source.items():
            for rank, typed in enumerate(dict.fromkeys(spellings)):
                rank = min(rank, ways.setdefault(typed, {}).get(letter, rank))
                ways[typed][letter] = rank
    return [(typed, [(rank, letter) for letter, rank in letters.items()]) for typed, letters in ways.items()]
