"""Counting tries in windows of time, in the store, where nobody can reset them; what is counted is kept as a hash."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import GuessCount


def start_of(window: timedelta) -> datetime:
    """When the window began that it is now; windows of one length follow each other without gaps."""
    now = clock.now()
    return now - timedelta(seconds=now.timestamp() % window.total_seconds())


_ONE_MORE = {
    name: insert(GuessCount)
    .values(scope=bindparam("of"), key=bindparam("what"), window_start=bindparam("since"), count=1)
    .on_conflict_do_update(
        index_elements=["scope", "key", "window_start"], set_={"count": GuessCount.count + 1}
    )
    .returning(GuessCount.count)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_TAKE_BACK = (
    update(GuessCount)
    .where(
        GuessCount.scope == bindparam("of"),
        GuessCount.key == bindparam("what"),
        GuessCount.window_start == bindparam("since"),
    )
    .values(count=GuessCount.count - 1)
    .execution_options(synchronize_session=False)
)


async def add(session: AsyncSession, scope: str, value: str, start: datetime) -> int:
    """One more in the window that began then; how many it has now. Holds the row until the transaction ends."""
    one_more = _ONE_MORE[session.get_bind().dialect.name]
    row = {"of": scope, "what": _key(value), "since": start}
    return int((await session.execute(one_more, row)).scalar_one())


async def take_back(session: AsyncSession, scope: str, value: str, start: datetime) -> None:
    """One less in the window that began then."""
    await session.execute(_TAKE_BACK, {"of": scope, "what": _key(value), "since": start})


async def total(session: AsyncSession, scope: str, value: str, *, since: datetime) -> int:
    """How many there are in all windows that began after a moment."""
    counts = select(func.coalesce(func.sum(GuessCount.count), 0)).where(
        GuessCount.scope == scope, GuessCount.key == _key(value), GuessCount.window_start > since
    )
    return int((await session.execute(counts)).scalar_one())


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
