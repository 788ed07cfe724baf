"""The ledger of one account: lock it, write a row at its end, chain the row to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.db import patience
from crm_store.errors import AlreadyResolved, RequestConflict
from crm_store.models import Customer, PointsAccount, PointsAllocation, PointsRow

REQUEST = ("type", "points", "pending", "held", "source", "order_id", "lot_expires_at", "reason", "staff_id")
"""What a caller asks for: the same idempotency key with another one of these is a conflict."""
FACTS = (
    *REQUEST,
    "account_id",
    "number",
    "resolves_id",
    "idempotency_key",
    "request_hash",
    "at",
    "previous_hash",
)
"""What the hash of a row covers, with the lots it took from."""

Taken = Sequence[tuple[int, int]]
"""(id of a lot, points): what a row takes from which lot; negative where it gives back."""


async def account_of(session: AsyncSession, customer: Customer) -> PointsAccount:
    """The customer's account, made on first use."""
    wanted = select(PointsAccount).where(PointsAccount.customer_id == customer.id)
    account = await session.scalar(wanted)
    if account is None:
        # Two may do this at once: the second waits for the first, then finds its account.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        new = insert(PointsAccount).values(customer_id=customer.id, created_at=clock.now())
        await session.execute(new.on_conflict_do_nothing(index_elements=["customer_id"]))
        account = (await session.scalars(wanted)).one()
    return account


async def lock(session: AsyncSession, account: PointsAccount) -> PointsAccount:
    """Nobody else changes this account (of this session) until the transaction ends; what it holds is read anew.

    PostgreSQL locks the row; on SQLite a writing transaction has the file to itself from its first statement (db.py).
    """
    async with patience(session):
        await session.refresh(account, with_for_update=True)
    return account


async def locked(session: AsyncSession, customer: Customer) -> PointsAccount:
    """The customer's account, locked."""
    return await lock(session, await account_of(session, customer))


async def locked_with(session: AsyncSession, row: PointsRow) -> PointsAccount:
    """The account of this row, locked."""
    return await lock(session, await session.get_one(PointsAccount, row.account_id))


async def before(session: AsyncSession, account: PointsAccount, row: PointsRow) -> PointsRow | None:
    """What was written earlier under the key of this row, if anything; the account is locked.

    Raises RequestConflict when that was another request.
    """
    _complete(row)
    with_key = (PointsRow.account_id == account.id, PointsRow.idempotency_key == row.idempotency_key)
    found = await session.scalar(select(PointsRow).where(*with_key))
    if found and found.request_hash != row.request_hash:
        raise RequestConflict(f"the key {row.idempotency_key!r} was used for another request")
    return found


async def resolved(session: AsyncSession, row: PointsRow, how: str) -> PointsRow | None:
    """The row that ended this pending or hold row, if it was ended in this way. Raises AlreadyResolved for another."""
    found = await session.scalar(select(PointsRow).where(PointsRow.resolves_id == row.id))
    if found and found.type != how:
        raise AlreadyResolved(f"row {row.number} was ended by {found.type}, not by {how}")
    return found


async def append(
    session: AsyncSession, account: PointsAccount, row: PointsRow, taken: Taken = ()
) -> PointsRow:
    """Write a row at the end of a locked account, with what it takes from which lots; the balances follow."""
    _complete(row)
    row.account_id = account.id
    row.number = account.last_number + 1
    row.at = clock.now()
    row.previous_hash = account.last_hash
    row.row_hash = row_hash({name: getattr(row, name) for name in FACTS}, taken)
    session.add(row)
    await session.flush()
    session.add_all(PointsAllocation(row_id=row.id, lot_id=lot, points=points) for lot, points in taken)
    account.balance += row.points
    account.pending += row.pending
    account.held += row.held
    account.last_number = row.number
    account.last_hash = row.row_hash
    await session.flush()
    return row


def ending(row: PointsRow, how: str, *, points: int = 0, pending: int = 0, held: int = 0) -> PointsRow:
    """A row, not written yet, that ends this pending or hold row."""
    end = PointsRow(type=how, points=points, pending=pending, held=held, source=row.source)
    end.order_id, end.resolves_id = row.order_id, row.id
    end.idempotency_key = f"{how}:{row.number}"
    return end


def some(points: int) -> int:
    if points <= 0:
        raise ValueError(f"{points} points")
    return points


def words(reason: str) -> str:
    if not reason.strip():
        raise ValueError("a reason is needed")
    return reason.strip()


def of_type(row: PointsRow, wanted: str) -> PointsRow:
    if row.type != wanted:
        raise ValueError(f"a {wanted} row is needed, this one is of type {row.type}")
    return row


def row_hash(facts: Mapping[str, Any], taken: Taken) -> str:
    """SHA-256 (hex) of the canonical JSON of a row's FACTS, the previous row's hash among them, and its allocations."""
    return digest({**facts, "taken": sorted(taken)})


def digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of canonical JSON: keys sorted, no spaces, UTF-8, times in UTC with microseconds."""
    return hashlib.sha256(_canonical.encode(facts).encode()).hexdigest()


def _complete(row: PointsRow) -> None:
    for amount in ("points", "pending", "held"):
        if getattr(row, amount) is None:  # column defaults come too late to be hashed
            setattr(row, amount, 0)
    if not row.request_hash:
        row.request_hash = digest({name: getattr(row, name) for name in REQUEST})


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"no canonical form of {value!r}")


_canonical = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
