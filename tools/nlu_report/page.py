"""The figures as a page."""

from __future__ import annotations

from collections.abc import Sequence

from tools.nlu_report.figures import Answer, Figures, by_intent, calibration, confusions, figures, interval

HEAD = """\
<!-- Written by `make nlu-report`; what is changed by hand is lost at the next run. -->
# How much is understood

Every message is read by the intent component alone, without a conversation around it. Accuracy, top two and F1 (the
mean of all intents) are of the best guess, believed or not; ± is half of the 95 % interval. Refused: messages within
scope whose best guess was not believed, so that the shopper is asked which of two was meant. Caught: messages out of
scope that got no answer of an intent. Right if believed: of the messages within scope that were answered.
"""

COLUMNS = """\
| | messages | accuracy | top two | F1 | refused | caught | right if believed |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def table(groups: Sequence[tuple[str, Sequence[Answer]]]) -> str:
    return COLUMNS + "\n".join(_row(name, figures(answers)) for name, answers in groups if answers)


def _row(name: str, of: Figures) -> str:
    around = interval(of.accuracy, of.count)
    accuracy = f"{100 * of.accuracy:.1f} ± {100 * around:.1f}"
    rest = (of.top_two, of.f1, of.refused, of.caught, of.believed_right)
    return f"| {name} | {of.count} | {accuracy} | " + " | ".join(_percent(share) for share in rest) + " |"


def weakest(answers: Sequence[Answer], most: int = 12) -> str:
    named = ", ".join(f"{name} {_percent(share)}" for name, share in by_intent(answers)[:most])
    mixed = "\n".join(f"| {meant} | {given} | {count} |" for meant, given, count in confusions(answers, most))
    return f"Weakest: {named}.\n\n| meant | understood | messages |\n| --- | --- | --- |\n{mixed}"


def confidence(answers: Sequence[Answer]) -> str:
    rows = "\n".join(
        f"| {_percent(said)} | {_percent(right)} | {count} |" for said, right, count in calibration(answers)
    )
    return f"| confidence | right | messages |\n| --- | --- | --- |\n{rows}"


def curve(points: Sequence[tuple[float, dict[str, float]]]) -> str:
    """Accuracy by variety for shares of the examples."""
    names = list(points[0][1])
    rows = "\n".join(
        f"| {_percent(share)} | " + " | ".join(_percent(at[name]) for name in names) + " |"
        for share, at in points
    )
    return f"| examples | {' | '.join(names)} |\n| --- |{' --- |' * len(names)}\n{rows}"


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f} %"
