"""Measure Barev and Rasa's default pipeline one after the other, and write docs/performance.md.

    python -m tools.bench [--turns 400] [--epochs 2] [--out docs/performance.md]

Exit code 1 when a figure misses what it has to reach. Reads nothing from the network.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from barev.settings import ROOT
from tools.bench import machine, report
from tools.bench.chain import Figures, measure
from tools.bench.pipelines import default_pipeline


async def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    wanted.add_argument("--turns", type=int, default=400, help="one at a time; twice as many eight at a time")
    # More epochs change what is understood, not what a turn costs; thirty take half an hour.
    wanted.add_argument("--epochs", type=int, default=2, help="of DIET, TED and so on")
    wanted.add_argument("--out", type=Path, default=ROOT / "docs" / "performance.md")
    asked = wanted.parse_args()
    about = machine.describe()
    with tempfile.TemporaryDirectory(prefix="barev-bench-") as folder:
        other = default_pipeline(Path(folder), asked.epochs)
        ours = await said("Barev", ROOT / "config.yml", Path(folder, "ours"), asked.turns)
        theirs = await said("Rasa's default pipeline", other, Path(folder, "default"), asked.turns)
    text = report.page(ours, theirs, about, epochs=asked.epochs)
    asked.out.write_text(text, encoding="utf-8")
    missed = report.missed(ours, theirs)
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    print(f"written: {asked.out}")
    return 1 if missed else 0


async def said(name: str, config: Path, folder: Path, turns: int) -> Figures:
    print(f"{name}: training, then {turns} and {2 * turns} turns …", flush=True)
    figures = await measure(config, folder, turns)
    print(f"{name}: {figures}", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
