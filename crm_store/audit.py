"""What was done that somebody may have to answer for: append-only rows, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import AuditRow, Staff

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('barev.audit'), hashtext(current_schema()))"


async def write(
    session: AsyncSession,
    who: Staff | None,
    act: str,
    *,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditRow:
    """Write down an act in the transaction in which it is done; `who`: None where nobody is signed in.

    `act` is a name such as "staff.sign_in", `subject` a public id, `details` plain values, never personal data.
    """
    if session.get_bind().dialect.name == "postgresql":  # on SQLite a writer has the file to itself
        await session.execute(text(ONE_AT_A_TIME))
    last = await session.scalar(select(AuditRow.row_hash).order_by(AuditRow.id.desc()).limit(1))
    row = AuditRow(at=clock.now(), staff_id=who.id if who else None, act=act, subject=subject)
    row.details, row.previous_hash = dict(details or {}), last or ""
    row.row_hash = row_hash(row)
    session.add(row)
    await session.flush()
    return row


async def first_broken(session: AsyncSession) -> int | None:
    """The id of the first row that does not follow from the one before it; None when the chain holds."""
    previous = ""
    rows = await session.stream_scalars(
        select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)
    )
    async for row in rows:
        if row.previous_hash != previous or row.row_hash != row_hash(row):
            return row.id
        previous = row.row_hash
    return None


def row_hash(row: AuditRow) -> str:
    """SHA-256 (hex) of the canonical JSON of a row: keys sorted, no spaces, its time in UTC with microseconds."""
    facts = {
        "at": _moment(row.at),
        "staff_id": row.staff_id,
        "act": row.act,
        "subject": row.subject,
        "details": row.details,
        "previous_hash": row.previous_hash,
    }
    canonical = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
