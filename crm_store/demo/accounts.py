"""A ledger account written row by row as loyalty.py would have written it, had it been there at the time.

The functions of loyalty.py write at the time it is now, one statement after another; a past of eighteen months needs
other times, and eight thousand rows in a second or two. loyalty.verify proves that nothing tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_store import loyalty_ledger as ledger
from crm_store.demo.drawn import utc
from crm_store.demo.rows import Row, Rows
from crm_store.models import PointsAccount, PointsAllocation, PointsRow, Programme


@dataclass
class Lot:
    """Points that were earned together, by which order, and what is left of them."""

    row: Row
    left: int

    @property
    def ends(self) -> datetime:
        return self.row["lot_expires_at"] or datetime.max.replace(tzinfo=self.row["at"].tzinfo)


class Account:
    """One customer's account, from its first row to its last."""

    def __init__(self, rows: Rows, programme: Programme, customer_id: int, opened: datetime) -> None:
        self.rows = rows
        self.programme = programme
        self.lots: list[Lot] = []
        self.waiting: dict[int, Row] = {}
        self.left_of_waiting: dict[int, int] = {}
        nothing = {"balance": 0, "pending": 0, "held": 0, "last_number": 0, "last_hash": ""}
        self.row = rows.add(PointsAccount, customer_id=customer_id, created_at=utc(opened), **nothing)

    def wait(self, at: datetime, order_id: int, points: int) -> None:
        """An order's points wait."""
        row = self._write(
            at, "pending", f"order:{order_id}", source="order", order_id=order_id, pending=points
        )
        self.waiting[order_id], self.left_of_waiting[order_id] = row, points

    def confirm(self, at: datetime, order_id: int) -> None:
        """What waits can be spent from now on, if something still waits."""
        if row := self.waiting.pop(order_id, None):
            left = self.left_of_waiting[order_id]
            self._open_lot(at, "earn", f"earn:{row['number']}", left, pending=-left, **_ends(row))

    def cancel(self, at: datetime, order_id: int) -> None:
        """What waits will never be points."""
        if row := self.waiting.pop(order_id, None):
            key = f"pending_cancelled:{row['number']}"
            self._write(at, "pending_cancelled", key, pending=-self.left_of_waiting[order_id], **_ends(row))

    def claw_back(self, at: datetime, order_id: int, points: int, *, whole: bool) -> None:
        """A refund of the whole order or a part takes points back: what waits, or else what can be spent."""
        key = f"clawback:{order_id}" if whole else f"demo-refund-{order_id}"
        request = ledger.digest({"clawback": order_id, "points": None if whole else points})
        about: dict[str, Any] = {"source": "order", "order_id": order_id, "request_hash": request}
        if row := self.waiting.get(order_id):
            points = min(points, self.left_of_waiting[order_id])
            self.left_of_waiting[order_id] -= points
            if not self.left_of_waiting[order_id]:
                del self.waiting[order_id]
                about["resolves_id"] = row["id"]
            self._write(at, "clawback", key, pending=-points, **about)
            return
        self.lots.sort(key=lambda lot: (lot.row["order_id"] != order_id, lot.ends, lot.row["number"]))
        self._spend(at, "clawback", key, min(points, self.row["balance"]), **about)

    def earn(self, at: datetime, source: str, key: str, points: int, *, order_id: int | None = None) -> None:
        """Points for something other than an order."""
        self._open_lot(at, "earn", key, points, source=source, order_id=order_id)

    def apologise(
        self, at: datetime, order_id: int, points: int, *, reason: str, staff_id: int | None
    ) -> None:
        """Points given by a member of staff for an order that went wrong."""
        about = {"source": "manual", "order_id": order_id, "reason": reason, "staff_id": staff_id}
        self._open_lot(at, "goodwill", f"demo-goodwill-{order_id}", points, **about)

    def redeem(self, at: datetime, number: int, *, share: int) -> None:
        """Spend this share (per cent) of what is there, in tens of points, if it is enough to be spent."""
        points = self.row["balance"] * share // 1000 * 10
        if points >= self.programme.smallest_redemption:
            self.lots.sort(key=lambda lot: (lot.ends, lot.row["number"]))
            self._spend(at, "redeem", f"demo-reward-{number}", points, source="reward")

    def expire(self, until: datetime) -> None:
        """Every lot whose time is over by then loses what is left of it, at its time."""
        for lot in sorted(self.lots, key=lambda lot: (lot.ends, lot.row["number"])):
            if lot.left and lot.ends <= until:
                key = f"expire:{lot.row['number']}:{self.row['last_number'] + 1}"
                about = {"source": "system", "lot_expires_at": lot.ends}
                self._write(lot.ends, "expire", key, points=-lot.left, taken=[(lot, lot.left)], **about)

    def _spend(self, at: datetime, type: str, key: str, points: int, **about: Any) -> None:
        taken, missing = [], points
        for lot in self.lots:
            if part := min(lot.left, missing):
                taken.append((lot, part))
                missing -= part
        if points:
            self._write(at, type, key, points=-points, taken=taken, **about)

    def _open_lot(self, at: datetime, type: str, key: str, points: int, **about: Any) -> None:
        days = self.programme.expiry_days
        ends = None if days is None else utc(at + timedelta(days=days))
        row = self._write(at, type, key, points=points, lot_expires_at=ends, **about)
        self.lots.append(Lot(row, points))

    def _write(
        self, at: datetime, type: str, key: str, *, taken: Sequence[tuple[Lot, int]] = (), **about: Any
    ) -> Row:
        account, nothing = self.row, {"points": 0, "pending": 0, "held": 0}
        nobody = dict.fromkeys(("order_id", "resolves_id", "lot_expires_at", "reason", "staff_id"))
        facts: Row = {**nothing, **nobody, **about, "type": type, "idempotency_key": key, "at": utc(at)}
        facts["account_id"], facts["number"] = account["id"], account["last_number"] + 1
        facts["previous_hash"] = account["last_hash"]
        # The end of a lot is the ledger's business, not the request's; only an expiry asks for one.
        asked = facts if type == "expire" else {**facts, "lot_expires_at": None}
        facts.setdefault("request_hash", ledger.digest({name: asked[name] for name in ledger.REQUEST}))
        shares = [(lot.row["id"], points) for lot, points in taken]
        facts["row_hash"] = ledger.row_hash({name: facts[name] for name in ledger.FACTS}, shares)
        row = self.rows.add(PointsRow, **facts)
        for lot, points in taken:
            lot.left -= points
            self.rows.add(PointsAllocation, row_id=row["id"], lot_id=lot.row["id"], points=points)
        for cached, column in (("balance", "points"), ("pending", "pending"), ("held", "held")):
            account[cached] += facts[column]
        account["last_number"], account["last_hash"] = facts["number"], facts["row_hash"]
        return row


def _ends(row: Row) -> dict[str, Any]:
    return {"source": row["source"], "order_id": row["order_id"], "resolves_id": row["id"]}
