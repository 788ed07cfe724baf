"""Bring a database to this version's tables, and say how one stands."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store import db
from crm_store.errors import NewerDatabase, StoreError
from crm_store.migrations import append_only

MIGRATIONS = Path(__file__).parent / "migrations"
State = Literal["empty", "current", "older", "newer"]

_one_at_a_time = threading.Lock()  # alembic keeps the migration that is running in module globals


class HistoryNotSafe(StoreError):
    """Triggers that keep rows from being changed or deleted are gone, and no migration took them away."""


async def migrate(url: str, schema: str | None = None, *, scripts: Path = MIGRATIONS) -> None:
    """Bring the database to this version, whole or not at all; makes the PostgreSQL schema when it is missing.

    Several processes may call it at once. Raises NewerDatabase, and HistoryNotSafe when append-only triggers are
    missing from a database that needed no migration (after one they are made again).
    """
    await asyncio.to_thread(_migrate_alone, url, schema, scripts)


async def state(
    url: str, schema: str | None = None, *, refuse_newer: bool = False, scripts: Path = MIGRATIONS
) -> State:
    """How the database stands to this version. Raises NewerDatabase if that is asked for and so it is."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(parts.database or "").exists():
        return "empty"  # connecting would make the file
    store = db.open_store(url, schema=schema)
    try:
        async with store.reader.connect() as connection:
            found = await connection.run_sync(_state, scripts)
    finally:
        await store.close()
    if found == "newer" and refuse_newer:
        raise NewerDatabase
    return found


@asynccontextmanager
async def connected(url: str, schema: str | None = None) -> AsyncIterator[AsyncConnection]:
    """A connection fit for migrations: one transaction, the only migration of this database, no time limit."""
    store = db.open_store(url, schema=schema)
    if store.is_sqlite:
        # A batch migration drops and renames tables that others refer to; whether all still hold is checked after.
        event.listen(store.writer.sync_engine, "connect", _no_foreign_keys)
    try:
        async with store.writer.begin() as connection:
            if not store.is_sqlite:
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('barev.migrate'))"))
            yield connection
            if store.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                raise StoreError("the migration left rows that refer to nothing")
    finally:
        await store.close()


def alembic_config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def _migrate_alone(url: str, schema: str | None, scripts: Path) -> None:
    with _one_at_a_time:
        asyncio.run(_migrate(url, schema, scripts))


async def _migrate(url: str, schema: str | None, scripts: Path) -> None:
    if schema is not None and make_url(url).get_backend_name() == "postgresql":
        await _make_schema(url, schema)
    async with connected(url, schema) as connection:
        await connection.run_sync(_upgrade, scripts)


async def _make_schema(url: str, schema: str) -> None:
    if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", schema):
        raise ValueError(f"{schema!r} is no name for a schema: small letters, digits and underscores")
    async with connected(url) as connection:
        # Asked first: IF NOT EXISTS wants the right to make schemas even where nothing is to be made.
        wanted = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
        if not await connection.scalar(wanted, {"name": schema}):
            await connection.execute(text(f"CREATE SCHEMA {schema}"))


def _state(connection: Connection, scripts: Path) -> State:
    revisions = ScriptDirectory.from_config(alembic_config(scripts))
    at = MigrationContext.configure(connection).get_current_revision()
    if at is None:
        return "empty"
    if at == revisions.get_current_head():
        return "current"
    known = {revision.revision for revision in revisions.walk_revisions()}
    return "older" if at in known else "newer"


def _upgrade(connection: Connection, scripts: Path) -> None:
    found = _state(connection, scripts)
    if found == "newer":
        raise NewerDatabase
    if found != "current":
        config = alembic_config(scripts)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if gone := append_only.missing(connection):
        raise HistoryNotSafe(", ".join(f"{table} has no trigger against {act}" for table, act in gone))


def _no_foreign_keys(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF").close()
