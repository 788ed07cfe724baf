"""Proof that the ledger adds up: every account replayed from its first row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import loyalty_ledger as ledger
from crm_store.models import Customer, PointsAccount, PointsAllocation, PointsRow

AT_ONCE = 2000
ACCOUNT = ("id", "balance", "pending", "held", "last_number", "last_hash")
ROW = ("id", *ledger.FACTS, "row_hash")


@dataclass(frozen=True)
class Break:
    """Something that cannot have come about by the rules; `number` is the row's, None for the account itself."""

    account_id: int
    number: int | None
    what: str


class Row(NamedTuple):
    facts: dict[str, Any]
    taken: list[tuple[int, int]]


async def verify(session: AsyncSession, *, customer: Customer | None = None) -> list[Break]:
    """Everything that is wrong with the points of one customer, or of all; streamed, 100,000 rows take seconds.

    Checked: hashes and their chain, cached balances against sums, nothing ever below zero, every debit paid by lots
    that had so much left, expiries in time, every pending and hold ended at most once, orders earning once.
    One statement reads it all, so that what others write meanwhile does not look like a break.
    """
    breaks = []
    async for account, rows in _accounts(session, customer):
        replay = Replay()
        for row in rows:
            breaks += [Break(account["id"], row.facts["number"], what) for what in replay.add(row)]
        breaks += [Break(account["id"], None, what) for what in replay.compare(account)]
    return breaks


@dataclass
class Lot:
    points: int
    left: int
    expires_at: datetime | None


@dataclass
class Waiting:
    """A pending or hold row that nothing has ended yet, and what still waits of it."""

    column: str
    amount: int


@dataclass
class Replay:
    """One account as it was after each of its rows."""

    sums: dict[str, int] = field(default_factory=lambda: {"points": 0, "pending": 0, "held": 0})
    number: int = 0
    hash: str = ""
    lots: dict[int, Lot] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    pending_of_order: dict[int, int] = field(default_factory=dict)
    earned: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: Row) -> Iterator[str]:
        yield from self._chain(row)
        for name in self.sums:
            self.sums[name] += row.facts[name]
            if self.sums[name] < 0:
                yield f"{name} below zero"
        yield from self._take(row)
        yield from self._end(row)
        yield from self._order(row)

    def compare(self, account: dict[str, Any]) -> Iterator[str]:
        for cached, summed in (("balance", "points"), ("pending", "pending"), ("held", "held")):
            if account[cached] != self.sums[summed]:
                yield f"{cached} is {account[cached]}, its rows make {self.sums[summed]}"
        if (account["last_number"], account["last_hash"]) != (self.number, self.hash):
            yield "the newest rows are gone"
        if sum(lot.left for lot in self.lots.values()) != self.sums["points"]:
            yield "what is left of the lots is not the balance"

    def _chain(self, row: Row) -> Iterator[str]:
        facts = row.facts
        if facts["number"] != self.number + 1:
            yield f"rows between {self.number} and {facts['number']} are gone"
        elif facts["previous_hash"] != self.hash:
            yield "not chained to the row before"
        if ledger.row_hash({name: facts[name] for name in ledger.FACTS}, row.taken) != facts["row_hash"]:
            yield "changed after it was written"
        self.number, self.hash = facts["number"], facts["row_hash"]

    def _take(self, row: Row) -> Iterator[str]:
        facts = row.facts
        pays = facts["points"] < 0 or facts["type"] == "release"
        if sum(points for _, points in row.taken) != (-facts["points"] if pays else 0):
            yield "what it took from lots is not what it says"
        for lot_id, points in row.taken:
            lot = self.lots.get(lot_id)
            if lot is None:
                yield "takes from what is no lot of this account"
                continue
            lot.left -= points
            if lot.left < 0:
                yield "takes more from a lot than was left"
            if lot.left > lot.points:
                yield "gives a lot more than it had"
            if facts["type"] == "expire" and (lot.expires_at is None or lot.expires_at > facts["at"]):
                yield "expires a lot before its time"
        if facts["points"] > 0 and not pays:
            self.lots[facts["id"]] = Lot(facts["points"], facts["points"], facts["lot_expires_at"])

    def _end(self, row: Row) -> Iterator[str]:
        facts = row.facts
        if facts["type"] in ("pending", "hold"):
            column = "held" if facts["type"] == "hold" else "pending"
            self.waiting[facts["id"]] = Waiting(column, facts[column])
        elif facts["resolves_id"] is not None:
            ended = self.waiting.pop(facts["resolves_id"], None)
            if ended is None:
                yield "ends what was not waiting"
            elif facts[ended.column] != -ended.amount:
                yield "ends another amount than was waiting"

    def _order(self, row: Row) -> Iterator[str]:
        facts = row.facts
        if facts["type"] == "pending":
            if facts["order_id"] in self.pending_of_order:
                yield "an order earns a second time"
            self.pending_of_order[facts["order_id"]] = facts["id"]
            self.earned[facts["order_id"]] += facts["pending"]
        elif facts["type"] == "clawback":
            self.earned[facts["order_id"]] += facts["points"] + facts["pending"]
            if self.earned[facts["order_id"]] < 0:
                yield "takes back more than the order earned"
            if waiting := self.waiting.get(self.pending_of_order.get(facts["order_id"], 0)):
                waiting.amount += facts["pending"]


async def _accounts(
    session: AsyncSession, customer: Customer | None
) -> AsyncIterator[tuple[dict[str, Any], list[Row]]]:
    """Each account with its rows in the order of the chain, each row with the lots it took from."""
    columns = [
        *(getattr(PointsAccount, name) for name in ACCOUNT),
        *(getattr(PointsRow, name) for name in ROW),
        PointsAllocation.lot_id,
        PointsAllocation.points,
    ]
    rows_at, taken_at = len(ACCOUNT), len(ACCOUNT) + len(ROW)
    statement = (
        select(*columns)
        .outerjoin(PointsRow, PointsRow.account_id == PointsAccount.id)
        .outerjoin(PointsAllocation, PointsAllocation.row_id == PointsRow.id)
        .order_by(PointsAccount.id, PointsRow.number, PointsAllocation.lot_id)
    )
    if customer is not None:
        statement = statement.where(PointsAccount.customer_id == customer.id)
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SET LOCAL statement_timeout = 0"))
    account: dict[str, Any] = {}
    rows: list[Row] = []
    lines = await session.stream(statement, execution_options={"yield_per": AT_ONCE})
    async for part in lines.partitions():
        for line in part:
            if account.get("id") != line[0]:
                if account:
                    yield account, rows
                account, rows = dict(zip(ACCOUNT, line, strict=False)), []
            row_id = line[rows_at]
            if row_id is not None and (not rows or rows[-1].facts["id"] != row_id):
                rows.append(Row(dict(zip(ROW, line[rows_at:taken_at], strict=True)), []))
            if line[taken_at] is not None:
                rows[-1].taken.append((line[taken_at], line[-1]))
    if account:
        yield account, rows
