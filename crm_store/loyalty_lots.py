"""Lots: points earned together expire together, and are spent soonest-expiring first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import loyalty_ledger as ledger
from crm_store.errors import NotEnoughPoints
from crm_store.models import PointsAccount, PointsAllocation, PointsRow

OPENS_LOT = and_(PointsRow.points > 0, PointsRow.type != "release")
"""A release adds points too, but gives them back to the lots that its hold took them from."""


@dataclass(frozen=True)
class Lot:
    """What is left of a lot that has anything left."""

    id: int
    number: int
    expires_at: datetime | None
    left: int

    def is_due(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at


async def open_lots(session: AsyncSession, account_id: int) -> list[Lot]:
    """The lots of an account that have points left, soonest-expiring first, those that never expire last."""
    taken = func.coalesce(func.sum(PointsAllocation.points), 0)
    rows = await session.execute(
        select(PointsRow.id, PointsRow.number, PointsRow.lot_expires_at, PointsRow.points - taken)
        .outerjoin(PointsAllocation, PointsAllocation.lot_id == PointsRow.id)
        .where(PointsRow.account_id == account_id, OPENS_LOT)
        .group_by(PointsRow.id)
        .having(PointsRow.points > taken)
        .order_by(PointsRow.lot_expires_at.is_(None), PointsRow.lot_expires_at, PointsRow.number)
    )
    return [Lot(*row) for row in rows]


async def take(
    session: AsyncSession, account: PointsAccount, points: int, *, first: int | None = None
) -> list[tuple[int, int]]:
    """Which lots of a locked account pay so many points; due expiries are posted first.

    `first` is the id of a lot to take from before all others. Raises NotEnoughPoints.
    """
    lots = await expire_due(session, account)
    if account.balance < points:
        raise NotEnoughPoints(account.balance, points)
    lots.sort(key=lambda lot: lot.id != first)
    return list(_spread(lots, points))


async def expire_due(session: AsyncSession, account: PointsAccount) -> list[Lot]:
    """Take what is left of every lot whose time is over from a locked account, a row for each; returns the others."""
    now = clock.now()
    alive = []
    for lot in await open_lots(session, account.id):
        if lot.is_due(now):
            # A lot can expire twice: a hold may give some of it back later. Hence the number of the new row.
            row = PointsRow(
                type="expire",
                points=-lot.left,
                source="system",
                lot_expires_at=lot.expires_at,
                idempotency_key=f"expire:{lot.number}:{account.last_number + 1}",
            )
            await ledger.append(session, account, row, [(lot.id, lot.left)])
        else:
            alive.append(lot)
    return alive


def _spread(lots: Iterable[Lot], points: int) -> Iterator[tuple[int, int]]:
    for lot in lots:
        if part := min(lot.left, points):
            yield lot.id, part
            points -= part
