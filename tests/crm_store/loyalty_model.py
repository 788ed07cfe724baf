"""What one account should hold, worked out in plain Python: the state machine compares the ledger with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crm_store.models import PointsRow


@dataclass
class Lot:
    left: int
    expires_at: datetime | None
    expired: int = 0

    def due(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass
class Earned:
    """What an order earned: it waits, became a lot, was cancelled, or was clawed back while it waited."""

    points: int
    clawed: int = 0
    state: str = "waits"
    lot: int | None = None
    all_clawed: bool = False


@dataclass
class Model:
    lots: dict[int, Lot] = field(default_factory=dict)
    holds: dict[int, dict[int, int]] = field(default_factory=dict)
    orders: dict[int, Earned] = field(default_factory=dict)

    def available(self, now: datetime) -> int:
        return sum(lot.left for lot in self.lots.values() if not lot.due(now))

    def ends(self, now: datetime) -> dict[datetime, int]:
        """What ends when of the available points."""
        ends: dict[datetime, int] = {}
        for lot in self.lots.values():
            if lot.left and lot.expires_at and not lot.due(now):
                ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.left
        return ends

    def pending(self) -> int:
        return sum(order.points - order.clawed for order in self.orders.values() if order.state == "waits")

    def held(self) -> int:
        return sum(sum(taken.values()) for taken in self.holds.values())

    def opens(self, row: PointsRow) -> None:
        assert row.points > 0
        self.lots[row.id] = Lot(row.points, row.lot_expires_at)

    def expire(self, now: datetime) -> None:
        for lot in self.lots.values():
            if lot.due(now):
                lot.expired, lot.left = lot.expired + lot.left, 0

    def spend(self, points: int, now: datetime, first: int | None = None) -> dict[int, int]:
        """Soonest-expiring first, the endless last, the older before the newer; `first` before all."""
        self.expire(now)
        taken = {}
        ends = [
            (i != first, lot.expires_at is None, lot.expires_at or now, i) for i, lot in self.lots.items()
        ]
        for *_, lot_id in sorted(ends):
            part = min(points, self.lots[lot_id].left)
            self.lots[lot_id].left -= part
            points -= part
            if part:
                taken[lot_id] = part
        assert points == 0
        return taken

    def release(self, hold: int, now: datetime) -> None:
        for lot_id, points in self.holds.pop(hold).items():
            self.lots[lot_id].left += points
        self.expire(now)

    def confirm(self, order: int, row: PointsRow) -> None:
        earned = self.orders[order]
        assert row.points == earned.points - earned.clawed
        earned.state, earned.lot = "spendable", row.id
        self.opens(row)

    def claw_back(self, order: int, part: int | None, now: datetime) -> int | None:
        """How many points are taken back; None when there is nothing this could be about."""
        earned = self.orders[order]
        if earned.state == "cancelled":
            return None
        earned.all_clawed = earned.all_clawed or part is None
        left = earned.points - earned.clawed
        if earned.state == "waits":
            taken = min(left, part or left)
            if taken == left:
                earned.state = "clawed"
        else:
            self.expire(now)
            left -= self.lots[earned.lot].expired if earned.lot else 0
            taken = min(left, part or left, self.available(now))
            self.spend(taken, now, first=earned.lot)
        earned.clawed += taken
        return taken
