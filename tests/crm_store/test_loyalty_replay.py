"""Rows that break a rule of the ledger are found even if every hash is right."""

import pytest

from barev import clock
from crm_store import loyalty_ledger as ledger
from crm_store.loyalty_checks import Replay, Row


class Forger:
    """Rows that are chained as they should be, whatever they say."""

    def __init__(self) -> None:
        self.replay = Replay()
        self.breaks: list[str] = []

    def add(self, kind: str, points: int = 0, pending: int = 0, held: int = 0, taken=(), **more) -> None:
        number = self.replay.number + 1
        facts = dict.fromkeys(ledger.FACTS) | {"id": number, "number": number, "at": clock.now()}
        facts |= {"type": kind, "points": points, "pending": pending, "held": held}
        facts |= {"previous_hash": self.replay.hash, **more}
        facts["row_hash"] = ledger.row_hash({name: facts[name] for name in ledger.FACTS}, taken)
        self.breaks += self.replay.add(Row(facts, list(taken)))


def test_rows_that_follow_the_rules_are_believed():
    forger = Forger()
    forger.add("opening", points=100)
    forger.add("hold", points=-40, held=40, taken=[(1, 40)])
    forger.add("release", points=40, held=-40, taken=[(1, -40)], resolves_id=2)
    forger.add("redeem", points=-100, taken=[(1, 100)])
    assert forger.breaks == []


@pytest.mark.parametrize(
    "what, rows",
    [
        ("points below zero", [("redeem", {"points": -101, "taken": [(1, 101)]})]),
        ("takes more from a lot than was left", [("redeem", {"points": -101, "taken": [(1, 101)]})]),
        ("takes from what is no lot of this account", [("redeem", {"points": -10, "taken": [(7, 10)]})]),
        ("what it took from lots is not what it says", [("redeem", {"points": -10, "taken": [(1, 9)]})]),
        ("ends what was not waiting", [("release", {"points": 5, "taken": [(1, -5)], "resolves_id": 1})]),
        ("gives a lot more than it had", [("release", {"points": 5, "taken": [(1, -5)], "resolves_id": 1})]),
        (
            "expires a lot before its time",
            [("expire", {"points": -100, "taken": [(1, 100)], "lot_expires_at": clock.now()})],
        ),
        (
            "ends what was not waiting",
            [
                ("hold", {"points": -10, "held": 10, "taken": [(1, 10)]}),
                ("capture", {"held": -10, "resolves_id": 2}),
                ("capture", {"resolves_id": 2}),
            ],
        ),
        (
            "ends another amount than was waiting",
            [
                ("pending", {"pending": 10, "order_id": 5}),
                ("earn", {"points": 11, "pending": -9, "resolves_id": 2}),
            ],
        ),
        (
            "takes back more than the order earned",
            [
                ("pending", {"pending": 10, "order_id": 5}),
                ("clawback", {"points": -11, "taken": [(1, 11)], "order_id": 5}),
            ],
        ),
        (
            "an order earns a second time",
            [("pending", {"pending": 10, "order_id": 5}), ("pending", {"pending": 10, "order_id": 5})],
        ),
    ],
)
def test_rows_that_break_a_rule_are_found_though_their_hashes_are_right(what, rows):
    forger = Forger()
    forger.add("opening", points=100)
    for kind, facts in rows:
        forger.add(kind, **facts)
    assert what in forger.breaks
