"""The figures as a page, and which of them miss what they have to reach."""

from __future__ import annotations

from tools.bench.chain import Figures, Speed
from tools.bench.machine import Machine

MEMORY = 900 * 2**20
FASTER = 2.0
LONG_RATIO = 1.5
GATEWAY_START = 3.0
AIM_PER_SECOND, AIM_MEDIAN = 60, 0.025

PAGE = """\
<!-- Written by `make bench`; what is changed by hand is lost at the next run. -->
# What a turn costs

From a shopper's socket through gateway, Rasa, action and store, and back: the time from sending a message to the end
of its turn. Every visit has eight turns (greeting, order form with number and e-mail, order status, help, thanks), in
turn in English, Armenian and Georgian. The words repeat from visit to visit, so nearly all sentence vectors are
remembered; a message in words that were not heard lately costs about 15 ms more. Beside it Rasa's default pipeline
(DIET, TED, {epochs} epochs) with the same data, tracker store, pins, actions, gateway and visits, measured in the same
run.

| | Barev | Rasa's default pipeline | to reach |
| --- | --- | --- | --- |
{rows}

{verdict}

Measured {date} on {processor}, {cores} cores, {memory:.0f} GiB; load before the run {load:.1f}. {turns} turns each.
{versions}.
"""


def page(ours: Figures, theirs: Figures, machine: Machine, *, epochs: int) -> str:
    """docs/performance.md."""
    rows = "\n".join(f"| {name} | {a} | {b} | {to} |" for name, a, b, to in _rows(ours, theirs))
    lacks = missed(ours, theirs)
    return PAGE.format(
        epochs=epochs,
        rows=rows,
        verdict="Everything is reached." if not lacks else "Not reached: " + "; ".join(lacks) + ".",
        date=machine.date,
        processor=machine.processor,
        cores=machine.cores,
        memory=machine.memory,
        load=machine.load,
        turns=ours.turns,
        versions=", ".join(f"{name} {version}" for name, version in machine.versions.items()),
    )


def missed(ours: Figures, theirs: Figures) -> list[str]:
    """One sentence for each figure that is not good enough."""
    lacks = []
    for name, mine, other in _speeds(ours, theirs):
        times = mine.per_second / other.per_second
        if times < FASTER:
            lacks.append(
                f"with {name} {times:.1f} times the turns of the default pipeline instead of {FASTER:g}"
            )
    if ours.memory > MEMORY:
        lacks.append(f"{ours.memory / 2**20:.0f} MB of memory instead of {MEMORY / 2**20:.0f}")
    if ours.empty:
        lacks.append(f"{ours.empty} turns without an answer")
    if ours.apologies:
        lacks.append(f"{ours.apologies} turns that ended in an apology")
    if ours.long_ratio > LONG_RATIO:
        lacks.append(f"turn 300 costs {ours.long_ratio:.2f} times turn 20 instead of {LONG_RATIO}")
    if ours.start["gateway"] > GATEWAY_START:
        lacks.append(f"the gateway was up after {ours.start['gateway']:.1f} s instead of {GATEWAY_START:g}")
    return lacks


def _rows(ours: Figures, theirs: Figures) -> list[tuple[str, str, str, str]]:
    rows = []
    for name, mine, other in _speeds(ours, theirs):
        times = f"{mine.per_second / other.per_second:.1f} times the other"
        to = f"{FASTER:g} times (aim {AIM_PER_SECOND}); here {times}"
        rows.append((f"turns a second, {name}", f"{mine.per_second:.1f}", f"{other.per_second:.1f}", to))
        aim = f"(aim {AIM_MEDIAN * 1000:.0f} ms)" if mine is ours.alone else ""
        rows.append((f"a turn, median / 95th percentile, {name}", _spread(mine), _spread(other), aim))
    for name in ours.resident:
        rows.append((f"memory of {name}", _mb(ours.resident[name]), _mb(theirs.resident[name]), ""))
    rows.append(("memory together", _mb(ours.memory), _mb(theirs.memory), f"at most {_mb(MEMORY)}"))
    for name in ours.start:
        to = f"at most {GATEWAY_START:g} s" if name == "gateway" else ""
        here, there = (f"{figures.start[name]:.1f} s" for figures in (ours, theirs))
        rows.append((f"start of {name}, all three together", here, there, to))
    rows.append(("training", f"{ours.training:.0f} s", f"{theirs.training:.0f} s", ""))
    rows.append(("turns without an answer", str(ours.empty), str(theirs.empty), "0"))
    rows.append(("turns that ended in an apology", str(ours.apologies), str(theirs.apologies), "0"))
    ratio = "turn 300 of one conversation, in turns 20"
    rows.append((ratio, f"{ours.long_ratio:.2f}", f"{theirs.long_ratio:.2f}", f"at most {LONG_RATIO}"))
    same = sum(theirs.names.get(question) == names for question, names in ours.names.items())
    rows.append(("questions answered alike", "", f"{same} of {len(ours.names)}", ""))
    return rows


def _speeds(ours: Figures, theirs: Figures) -> tuple[tuple[str, Speed, Speed], ...]:
    return (
        ("one conversation", ours.alone, theirs.alone),
        ("eight conversations", ours.eight, theirs.eight),
    )


def _spread(speed: Speed) -> str:
    return f"{speed.median * 1000:.0f} / {speed.p95 * 1000:.0f} ms"


def _mb(size: int) -> str:
    return f"{size / 2**20:.0f} MB"
