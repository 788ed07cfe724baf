"""How points come into an account: from orders, where they wait to be confirmed, and from everything else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import loyalty_ledger as ledger
from crm_store.errors import NotFound
from crm_store.models import Customer, Order, PointsRow, Programme, Staff


def points_for(total: int, programme: Programme) -> int:
    """What an order of this total (minor units) earns, rounded down."""
    return total // programme.minor_units_per_point * programme.points_per_unit


async def earn_pending(session: AsyncSession, customer: Customer, order: Order, *, points: int) -> PointsRow:
    """An order earns once: its points wait until they are confirmed."""
    row = PointsRow(type="pending", pending=ledger.some(points), source="order", order_id=order.id)
    row.idempotency_key = f"order:{order.id}"
    account = await ledger.locked(session, customer)
    return await ledger.before(session, account, row) or await ledger.append(session, account, row)


async def confirm(session: AsyncSession, pending: PointsRow) -> PointsRow:
    """What waits can be spent from now on. Raises AlreadyResolved if it was cancelled, or clawed back whole."""
    account = await ledger.locked_with(session, ledger.of_type(pending, "pending"))
    if done := await ledger.resolved(session, pending, "earn"):
        return done
    left = await still_pending(session, pending)
    row = ledger.ending(pending, "earn", points=left, pending=-left)
    row.lot_expires_at = await _lot_end(session)
    return await ledger.append(session, account, row)


async def cancel(session: AsyncSession, pending: PointsRow) -> PointsRow:
    """What waits will never be points. Raises AlreadyResolved if it was confirmed, or clawed back whole."""
    account = await ledger.locked_with(session, ledger.of_type(pending, "pending"))
    if done := await ledger.resolved(session, pending, "pending_cancelled"):
        return done
    left = await still_pending(session, pending)
    return await ledger.append(session, account, ledger.ending(pending, "pending_cancelled", pending=-left))


async def earn(
    session: AsyncSession,
    customer: Customer,
    points: int,
    *,
    source: str,
    idempotency_key: str,
    order: Order | None = None,
) -> PointsRow:
    """Points that can be spent at once, for a review, a referral, a birthday … (`order`: what it was about)."""
    if source == "order":
        raise ValueError("an order earns through earn_pending, once")
    row = PointsRow(type="earn", points=ledger.some(points), source=source, idempotency_key=idempotency_key)
    row.order_id = order.id if order else None
    return await credit(session, customer, row)


async def goodwill(
    session: AsyncSession,
    customer: Customer,
    points: int,
    *,
    reason: str,
    idempotency_key: str,
    staff: Staff | None = None,
    order: Order | None = None,
) -> PointsRow:
    """Points given because something went wrong; by a member of staff or, without one, by a rule of the shop."""
    row = PointsRow(type="goodwill", points=ledger.some(points), source="manual" if staff else "system")
    row.idempotency_key, row.reason = idempotency_key, ledger.words(reason)
    row.staff_id = staff.id if staff else None
    row.order_id = order.id if order else None
    return await credit(session, customer, row)


async def opening(
    session: AsyncSession,
    customer: Customer,
    points: int,
    *,
    expires_at: datetime | None = None,
    idempotency_key: str = "opening",
) -> PointsRow:
    """Points brought along from an earlier system, with the end they had there (None: never)."""
    row = PointsRow(type="opening", points=ledger.some(points), source="system", lot_expires_at=expires_at)
    row.idempotency_key = idempotency_key
    account = await ledger.locked(session, customer)
    return await ledger.before(session, account, row) or await ledger.append(session, account, row)


async def credit(session: AsyncSession, customer: Customer, row: PointsRow) -> PointsRow:
    """Write a row that opens a lot, which ends when the programme says."""
    account = await ledger.locked(session, customer)
    if done := await ledger.before(session, account, row):
        return done
    row.lot_expires_at = await _lot_end(session)
    return await ledger.append(session, account, row)


async def pending_of(session: AsyncSession, order: Order) -> PointsRow | None:
    """The row by which this order's points wait, or waited; None if it never earned."""
    of_order = (PointsRow.order_id == order.id, PointsRow.type == "pending")
    return await session.scalar(select(PointsRow).where(*of_order))


async def still_pending(session: AsyncSession, pending: PointsRow) -> int:
    """What is left of a pending row that nothing has ended: parts of its order may have been refunded."""
    clawed = await session.scalar(
        select(func.sum(PointsRow.pending)).where(
            PointsRow.order_id == pending.order_id, PointsRow.type == "clawback"
        )
    )
    return pending.pending + (clawed or 0)


async def _lot_end(session: AsyncSession) -> datetime | None:
    programme = await session.get(Programme, 1)
    if programme is None:
        raise NotFound("the shop has no programme of points")
    return None if programme.expiry_days is None else clock.now() + timedelta(days=programme.expiry_days)
