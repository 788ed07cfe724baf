"""What an account holds, how it came to that, and what is due; these functions only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from barev import clock
from crm_store import loyalty_lots as lots
from crm_store.models import Customer, Order, PointsAccount, PointsAllocation, PointsRow, Programme


@dataclass(frozen=True)
class Expiring:
    """So many points end at this time."""

    at: datetime
    points: int


@dataclass(frozen=True)
class Balance:
    """The points of a customer: what can be spent now, what waits to be confirmed, what is set aside.

    `expiring` says what ends when of the available ones, soonest first; points that never end are not in it.
    """

    available: int = 0
    pending: int = 0
    held: int = 0
    expiring: tuple[Expiring, ...] = ()


@dataclass(frozen=True)
class Change:
    """One row as it is told: `kind` is its type, or "earn_order" where an order earned, and which order is meant."""

    at: datetime
    points: int  #: signed
    kind: str
    order_number: str | None


async def balance(session: AsyncSession, customer: Customer) -> Balance:
    """What the customer has now. A lot whose time is over does not count, also before its expiry has been posted."""
    columns = (PointsAccount.id, PointsAccount.pending, PointsAccount.held)
    found = await session.execute(select(*columns).where(PointsAccount.customer_id == customer.id))
    account = found.one_or_none()
    if account is None:
        return Balance()
    now = clock.now()
    alive = [lot for lot in await lots.open_lots(session, account.id) if not lot.is_due(now)]
    available = sum(lot.left for lot in alive)
    return Balance(available, account.pending, account.held, _ends(alive))


async def expiring(session: AsyncSession, customer: Customer, *, within_days: int) -> tuple[Expiring, ...]:
    """The points of the customer that end within so many days, soonest first."""
    last = clock.now() + timedelta(days=within_days)
    return tuple(end for end in (await balance(session, customer)).expiring if end.at <= last)


async def history(
    session: AsyncSession, customer: Customer, *, limit: int = 20, before: int | None = None
) -> Sequence[PointsRow]:
    """The rows of the customer's account, newest first; `before` is the `number` from which to go on."""
    rows = select(PointsRow).join(PointsAccount, PointsAccount.id == PointsRow.account_id)
    rows = rows.where(PointsAccount.customer_id == customer.id)
    if before is not None:
        rows = rows.where(PointsRow.number < before)
    return (await session.scalars(rows.order_by(PointsRow.number.desc()).limit(limit))).all()


async def explained(session: AsyncSession, customer: Customer, *, limit: int = 5) -> list[Change]:
    """The latest changes of what the customer can spend, newest first; what still waits is no change yet."""
    rows = (
        select(PointsRow, Order.number)
        .join(PointsAccount, PointsAccount.id == PointsRow.account_id)
        .outerjoin(Order, Order.id == PointsRow.order_id)
        .where(PointsAccount.customer_id == customer.id, PointsRow.points != 0)
    )
    found = await session.execute(rows.order_by(PointsRow.number.desc()).limit(limit))
    return [Change(row.at, row.points, _kind(row), number) for row, number in found]


async def pending_that_is_due(session: AsyncSession, *, limit: int = 100) -> Sequence[PointsRow]:
    """Pending rows whose order was delivered the programme's `pending_days` ago: to be confirmed, oldest first."""
    programme = await session.get(Programme, 1)
    if programme is None:
        return []
    ending = aliased(PointsRow)
    rows = (
        select(PointsRow)
        .join(Order, Order.id == PointsRow.order_id)
        .where(PointsRow.type == "pending", ~exists().where(ending.resolves_id == PointsRow.id))
        .where(Order.delivered_at <= clock.now() - timedelta(days=programme.pending_days))
    )
    return (await session.scalars(rows.order_by(PointsRow.id).limit(limit))).all()


async def customers_with_due_expiries(session: AsyncSession, *, limit: int = 100) -> Sequence[Customer]:
    """Customers for whom post_due_expiries has something to do."""
    taken = (
        select(func.coalesce(func.sum(PointsAllocation.points), 0))
        .where(PointsAllocation.lot_id == PointsRow.id)
        .scalar_subquery()
    )
    due = (
        select(PointsAccount.customer_id)
        .join(PointsRow, PointsRow.account_id == PointsAccount.id)
        .where(lots.OPENS_LOT, PointsRow.lot_expires_at <= clock.now(), PointsRow.points > taken)
    )
    customers = select(Customer).where(Customer.id.in_(due)).order_by(Customer.id).limit(limit)
    return (await session.scalars(customers)).all()


def _kind(row: PointsRow) -> str:
    return "earn_order" if row.type == "earn" and row.source == "order" else row.type


def _ends(alive: Sequence[lots.Lot]) -> tuple[Expiring, ...]:
    ends: dict[datetime, int] = {}
    for lot in alive:
        if lot.expires_at is not None:
            ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.left
    return tuple(Expiring(at, points) for at, points in ends.items())
