"""Open the store: engines for SQLite and PostgreSQL, and one transaction at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from crm_store.prompt_sqlite import prompt

STATEMENT_SECONDS = 2
TURN_SECONDS = 5
"""How long one may wait for a row that another transaction holds: an action has six seconds."""
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=15000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "recursive_triggers=ON",  # else INSERT OR REPLACE deletes history past the triggers that refuse it
)


class Store:
    """The database of one process: `read()` and `write()` are sessions, `write` commits at its end or not at all."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, slow: AsyncEngine) -> None:
        self.writer = writer
        self.reader = reader
        self.slow = slow
        self._write = async_sessionmaker(writer, expire_on_commit=False)
        self._read = async_sessionmaker(reader, expire_on_commit=False)
        self._report = async_sessionmaker(slow, expire_on_commit=False)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may change things: committed whole when the block ends, rolled back when it raises."""
        async with self._write() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads. Never turn it into a write: SQLite would refuse or lose updates."""
        async with self._read() as session:
            yield session

    @asynccontextmanager
    async def report(self) -> AsyncIterator[AsyncSession]:
        """As `read`, for lists and figures that may take long: they are never in the way of a turn."""
        async with self._report() as session:
            yield session

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    async def close(self) -> None:
        for engine in {self.writer, self.reader, self.slow}:
            await engine.dispose()


def open_store(url: str, *, schema: str | None = None) -> Store:
    """A store at this SQLAlchemy URL (sqlite+aiosqlite or postgresql+asyncpg); connects on first use.

    `schema` is the PostgreSQL schema of this installation (one server can hold many shops).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return Store(_sqlite(url, write=True), _sqlite(url), _sqlite(url, slow=True))
    engine = _postgresql(url, schema)
    return Store(engine, engine, engine)


@asynccontextmanager
async def patience(session: AsyncSession) -> AsyncIterator[None]:
    """Around a statement that locks a row: waiting for one's turn is no slow statement, so it may take TURN_SECONDS.

    On SQLite a writing transaction has waited before its first statement, and has the file to itself.
    """
    waits = session.get_bind().dialect.name == "postgresql"
    if waits:
        await session.execute(text(f"SET LOCAL statement_timeout = '{TURN_SECONDS}s'"))
    yield
    if waits:
        await session.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"))


def _sqlite(url: str, *, write: bool = False, slow: bool = False) -> AsyncEngine:
    # One writer connection per process: SQLite's own busy wait is not fair, an asyncio queue is (joints.md §4).
    pool: dict[str, Any] = (
        {"pool_size": 1, "max_overflow": 0, "pool_timeout": 30} if write else {"pool_size": 4}
    )
    if not slow:
        pool["connect_args"] = {"async_creator_fn": prompt}
    engine = create_async_engine(url, hide_parameters=True, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if not write:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgresql(url: str, schema: str | None) -> AsyncEngine:
    settings = {"statement_timeout": str(STATEMENT_SECONDS * 1000), "timezone": "UTC"}
    if schema:
        settings["search_path"] = schema
    return create_async_engine(
        url, pool_size=10, max_overflow=5, hide_parameters=True, connect_args={"server_settings": settings}
    )
