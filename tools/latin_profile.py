"""Count how English, Armenian and Georgian look in Latin letters and write barev/latin_profile.json.

Run after changing data/nlu/: `.venv/bin/python tools/latin_profile.py`. A test compares the file with the data.
English comes from data/nlu/en; Armenian and Georgian from hy_latin and ka_latin, and from hy and ka with each
letter written in its usual Latin spellings.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from barev.language import LANGUAGES, grams_of, normal_form, script_of, words_of  # noqa: E402

# The usual Latin spellings of a letter, the commonest first; people mix them freely.
ARMENIAN = (
    "ա:a բ:b գ:g դ:d ե:e,ye զ:z է:e ը:y,e թ:t,th ժ:zh,j ի:i լ:l խ:kh,x ծ:ts,c կ:k հ:h ձ:dz ղ:gh,x ճ:ch,tch մ:m "
    "յ:y ն:n շ:sh ո:o,vo չ:ch պ:p ջ:j ռ:r,rr ս:s վ:v տ:t ր:r ց:ts,c ւ:v փ:p,ph ք:q,k օ:o ֆ:f և:ev"
)
GEORGIAN = (
    "ა:a ბ:b გ:g დ:d ე:e ვ:v ზ:z თ:t ი:i კ:k ლ:l მ:m ნ:n ო:o პ:p ჟ:zh,j რ:r ს:s ტ:t უ:u ფ:p,f ქ:q,k ღ:gh,g "
    "ყ:y,k შ:sh ჩ:ch ც:ts,c ძ:dz წ:w,ts ჭ:ch,tch ხ:kh,x ჯ:j ჰ:h"
)
SMOOTH = 0.4
LEAST = 2
"""Seen less often in all three together, a pair or triple says nothing."""


def spellings(table: str, text: str) -> list[str]:
    """A native text in Latin letters: once with each letter's commonest spelling, once with the other."""
    pairs = {entry[0]: entry[2:].split(",") for entry in table.split()}
    text = text.replace("ու", "u") if table is ARMENIAN else text
    return ["".join(pairs.get(c, [c])[min(i, len(pairs.get(c, [c])) - 1)] for c in text) for i in (0, 1)]


def examples(variety: str) -> list[str]:
    found = []
    for path in sorted((ROOT / "data/nlu" / variety).glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found += [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
    return found


def corpus() -> dict[str, list[str]]:
    """Latin-typed texts per language; what people wrote by hand counts three times."""
    texts = {"en": examples("en") * 3}
    for language, table in (("hy", ARMENIAN), ("ka", GEORGIAN)):
        native = [normal_form(text) for text in examples(language)]
        native = [text for text in native if any(script_of(c) == language for c in text)]
        texts[language] = [s for text in native for s in spellings(table, text)] + examples(
            f"{language}_latin"
        ) * 3
    return texts


def profile() -> dict[str, object]:
    """Weights (log probabilities relative to the mean of the three languages) of character pairs, triples, words."""
    grams = {language: Counter[str]() for language in LANGUAGES}
    for language, texts in corpus().items():
        for text in texts:
            for word in words_of(text):
                grams[language].update(grams_of(word))
                grams[language]["=" + word] += 1
    kinds = sorted({g for c in grams.values() for g in c if sum(k[g] for k in grams.values()) >= LEAST})
    totals = {
        language: sum(counts[g] for g in kinds) + SMOOTH * len(kinds) for language, counts in grams.items()
    }

    def weigh(gram: str) -> list[float]:
        logs = [math.log((grams[language][gram] + SMOOTH) / totals[language]) for language in LANGUAGES]
        mean = sum(logs) / len(logs)
        return [round(value - mean, 2) for value in logs]

    weights = {gram: weigh(gram) for gram in kinds}
    return {
        "unseen": [0.0, 0.0, 0.0],
        "weights": {g: w for g, w in weights.items() if max(map(abs, w)) >= 0.3},
    }


if __name__ == "__main__":
    target = ROOT / "barev/latin_profile.json"
    target.write_text(
        json.dumps(profile(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} kB")
