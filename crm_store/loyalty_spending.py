"""How points leave an account: spent, set aside, corrected, expired, or taken back with a refunded order."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import loyalty_ledger as ledger
from crm_store import loyalty_lots as lots
from crm_store.loyalty_earning import credit, pending_of
from crm_store.models import Customer, Order, PointsAllocation, PointsRow, Staff


async def redeem(
    session: AsyncSession,
    customer: Customer,
    points: int,
    *,
    idempotency_key: str,
    source: str = "reward",
    order: Order | None = None,
) -> PointsRow:
    """Spend points, soonest-expiring first. Raises NotEnoughPoints."""
    row = PointsRow(type="redeem", points=-ledger.some(points), source=source)
    row.idempotency_key = idempotency_key
    row.order_id = order.id if order else None
    return await _debit(session, customer, row)


async def hold(
    session: AsyncSession,
    customer: Customer,
    points: int,
    *,
    idempotency_key: str,
    source: str = "reward",
    order: Order | None = None,
) -> PointsRow:
    """Set points aside until they are captured (spent) or released (given back). Raises NotEnoughPoints."""
    row = PointsRow(type="hold", points=-ledger.some(points), held=points, source=source)
    row.idempotency_key = idempotency_key
    row.order_id = order.id if order else None
    return await _debit(session, customer, row)


async def capture(session: AsyncSession, held: PointsRow) -> PointsRow:
    """What was set aside is spent. Raises AlreadyResolved if it was released."""
    account = await ledger.locked_with(session, ledger.of_type(held, "hold"))
    if done := await ledger.resolved(session, held, "capture"):
        return done
    return await ledger.append(session, account, ledger.ending(held, "capture", held=-held.held))


async def release(session: AsyncSession, held: PointsRow) -> PointsRow:
    """What was set aside goes back to its lots; what is over by now expires at once. AlreadyResolved if captured."""
    account = await ledger.locked_with(session, ledger.of_type(held, "hold"))
    if done := await ledger.resolved(session, held, "release"):
        return done
    taken = await session.execute(
        select(PointsAllocation.lot_id, PointsAllocation.points).where(PointsAllocation.row_id == held.id)
    )
    row = ledger.ending(held, "release", points=held.held, held=-held.held)
    await ledger.append(session, account, row, [(lot, -points) for lot, points in taken])
    await lots.expire_due(session, account)
    return row


async def adjust(
    session: AsyncSession, customer: Customer, points: int, *, reason: str, staff: Staff, idempotency_key: str
) -> PointsRow:
    """A member of staff corrects an account, up or (points < 0) down. Raises NotEnoughPoints."""
    ledger.some(abs(points))
    row = PointsRow(type="adjust", points=points, source="manual", staff_id=staff.id)
    row.idempotency_key, row.reason = idempotency_key, ledger.words(reason)
    return await (credit if points > 0 else _debit)(session, customer, row)


async def claw_back(
    session: AsyncSession, order: Order, *, points: int | None = None, idempotency_key: str | None = None
) -> PointsRow | None:
    """A refunded order gives back what it earned, once: what still waits, or else what can be spent, never below zero.

    For a refunded part: `points`, with a key of its own. All parts together take no more than the order earned, less
    what expired of it. Nothing left to take is a row too, so that later points are safe from the same refund.
    None if the order never earned, or that was cancelled.
    """
    if points is not None and (points <= 0 or idempotency_key is None):
        raise ValueError("a part is some points and has an idempotency key of its own")
    pending = await pending_of(session, order)
    if pending is None:
        return None
    account = await ledger.locked_with(session, pending)
    row = PointsRow(type="clawback", source="order", order_id=order.id)
    row.idempotency_key = idempotency_key or f"clawback:{order.id}"
    row.request_hash = ledger.digest({"clawback": order.id, "points": points})
    if done := await ledger.before(session, account, row):
        return done
    ended = await session.scalar(select(PointsRow).where(PointsRow.resolves_id == pending.id))
    if ended is None:
        left = await _left_to_claw(session, order, pending, lot=pending)
        row.pending = -left if points is None else -min(points, left)
        row.resolves_id = pending.id if row.pending == -left else None
        return await ledger.append(session, account, row)
    if ended.type == "pending_cancelled":
        return None
    await lots.expire_due(session, account)
    left = await _left_to_claw(session, order, pending, lot=ended)
    row.points = -min(left if points is None else points, left, account.balance)
    taken = await lots.take(session, account, -row.points, first=ended.id)
    return await ledger.append(session, account, row, taken)


async def post_due_expiries(session: AsyncSession, customer: Customer) -> int:
    """Take what is left of every lot whose time is over; how many points that were."""
    account = await ledger.locked(session, customer)
    before = account.balance
    await lots.expire_due(session, account)
    return before - account.balance


async def _debit(session: AsyncSession, customer: Customer, row: PointsRow) -> PointsRow:
    account = await ledger.locked(session, customer)
    if done := await ledger.before(session, account, row):
        return done
    return await ledger.append(session, account, row, await lots.take(session, account, -row.points))


async def _left_to_claw(session: AsyncSession, order: Order, pending: PointsRow, *, lot: PointsRow) -> int:
    """What the order earned, less what was taken back before and what expired of its lot."""
    clawed = select(func.sum(PointsRow.points + PointsRow.pending)).where(
        PointsRow.order_id == order.id, PointsRow.type == "clawback"
    )
    expired = (
        select(func.sum(PointsAllocation.points))
        .join(PointsRow, PointsRow.id == PointsAllocation.row_id)
        .where(PointsAllocation.lot_id == lot.id, PointsRow.type == "expire")
    )
    return pending.pending + (await session.scalar(clawed) or 0) - (await session.scalar(expired) or 0)
