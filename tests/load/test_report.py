"""What `make bench` says of its figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.bench import report
from tools.bench.chain import Figures, Speed
from tools.bench.machine import Machine

MB = 2**20
GOOD = Figures(
    training=40.0,
    start={"gateway": 1.2, "actions": 1.0, "Rasa": 12.0},
    alone=Speed(61.0, 0.016, 0.03),
    eight=Speed(70.0, 0.1, 0.2),
    resident={"gateway": 110 * MB, "actions": 90 * MB, "Rasa": 600 * MB},
    turns=1510,
    empty=0,
    apologies=0,
    long_early=0.02,
    long_late=0.021,
    names={"hello": ["utter_greet"], "thank you": ["utter_thank"]},
)
SLOW = replace(
    GOOD, alone=Speed(30.0, 0.03, 0.05), eight=Speed(34.0, 0.2, 0.5), names={"hello": ["utter_greet"]}
)
MACHINE = Machine("2026-11-21", "a processor", 2, 24.0, 0.1, {"Python": "3.11.7"})

BAD = {
    "times the turns": {"alone": Speed(59.0, 0.02, 0.04)},
    "MB of memory": {"resident": {"gateway": 110 * MB, "actions": 90 * MB, "Rasa": 701 * MB}},
    "without an answer": {"empty": 1},
    "in an apology": {"apologies": 1},
    "times turn 20": {"long_late": 0.031},
    "the gateway was up": {"start": {"gateway": 3.1, "actions": 1.0, "Rasa": 12.0}},
}


def test_good_figures_miss_nothing_and_the_page_says_so():
    assert report.missed(GOOD, SLOW) == []
    page = report.page(GOOD, SLOW, MACHINE, epochs=30)
    assert "Everything is reached." in page
    assert "| memory together | 800 MB | 800 MB | at most 900 MB |" in page
    assert "| questions answered alike |  | 1 of 2 |  |" in page


@pytest.mark.parametrize("what", BAD)
def test_a_figure_that_is_not_good_enough_is_named_and_stands_on_the_page(what: str):
    bad = replace(GOOD, **BAD[what])
    (missed,) = report.missed(bad, SLOW)
    assert what in missed
    assert missed in report.page(bad, SLOW, MACHINE, epochs=30)
