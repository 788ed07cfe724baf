"""Counting tries in windows of time, in the store, where nobody can reset them; what is counted is kept as a hash."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import GuessCount


def start_of(window: timedelta) -> datetime:
    """When the window began that it is now; windows of one length follow each other without gaps."""
    now = clock.now()
    return now - timedelta(seconds=now.timestamp() % window.total_seconds())


async def add(session: AsyncSession, scope: str, value: str, start: datetime) -> int:
    """One more in the window that began then; how many it has now. Holds the row until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    counted = (
        insert(GuessCount)
        .values(scope=scope, key=_key(value), window_start=start, count=1)
        .on_conflict_do_update(
            index_elements=["scope", "key", "window_start"], set_={"count": GuessCount.count + 1}
        )
        .returning(GuessCount.count)
    )
    return int((await session.execute(counted)).scalar_one())


async def take_back(session: AsyncSession, scope: str, value: str, start: datetime) -> None:
    """One less in the window that began then."""
    await session.execute(
        update(GuessCount)
        .where(GuessCount.scope == scope, GuessCount.key == _key(value), GuessCount.window_start == start)
        .values(count=GuessCount.count - 1)
    )


async def total(session: AsyncSession, scope: str, value: str, *, since: datetime) -> int:
    """How many there are in all windows that began after a moment."""
    counts = select(func.coalesce(func.sum(GuessCount.count), 0)).where(
        GuessCount.scope == scope, GuessCount.key == _key(value), GuessCount.window_start > since
    )
    return int((await session.execute(counts)).scalar_one())


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
