"""Empty stores for tests, on SQLite and PostgreSQL (migrated once, then copied or emptied), and a clock that moves.

A conftest.py takes the fixtures by importing them: `from tests.crm_store.fixtures import *  # noqa: F403`.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from barev import clock
from crm_store import schema
from crm_store.db import Store, open_store
from crm_store.models import Base

__all__ = ["database", "migrated_postgresql", "migrated_sqlite", "move_clock", "store"]

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
"""For a test of what only one of the two has."""

WHY_NOT = "BAREV_TEST_POSTGRES is not set"


@dataclass(frozen=True)
class Database:
    """Where a test's database is: what a process that the test starts has to know."""

    url: str
    schema: str | None = None

    def open(self) -> Store:
        return open_store(self.url, schema=self.schema)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "barev.db"
    asyncio.run(schema.migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[Database]:
    """A schema of this test process, dropped at its end."""
    database = Database(postgresql_url(), f"test_{secrets.token_hex(6)}")
    asyncio.run(schema.migrate(database.url, database.schema))
    yield database
    asyncio.run(execute(database, f"DROP SCHEMA {database.schema} CASCADE"))


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of this version; whoever asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "barev.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return Database(f"sqlite+aiosqlite:///{path}")
    shared: Database = request.getfixturevalue("migrated_postgresql")
    asyncio.run(execute(shared, EMPTY))
    return shared


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    opened = database.open()
    yield opened
    await opened.close()


@pytest.fixture
def move_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Call it to set barev.clock so far from the real time, here and in the processes that the test starts."""
    path = tmp_path / "clock"
    monkeypatch.setenv(clock.CLOCK_FILE, str(path))

    def move(by: timedelta) -> None:
        beside = path.with_suffix(".new")
        beside.write_text(str(by.total_seconds()))
        os.replace(beside, path)  # nobody ever reads half a number

    return move


def postgresql_url() -> str:
    """Where tests find PostgreSQL; the test that asks is skipped without one, but in CI it fails."""
    url = os.environ.get("BAREV_TEST_POSTGRES", "")
    if not url and os.environ.get("CI") == "true":
        pytest.fail(f"{WHY_NOT}, and in CI nothing may be skipped")
    if not url:
        pytest.skip(WHY_NOT)
    return url


async def execute(database: Database, sql: str) -> None:
    """Statements past the store, on PostgreSQL."""
    plain = database.url.replace("+asyncpg", "")
    connection = await asyncpg.connect(plain, server_settings={"search_path": database.schema or "public"})
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


# History may not be deleted, so its triggers sleep meanwhile. Deleting from the few tables that have rows takes
# 11 ms, TRUNCATE of all 80 ms.
EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE name text; used boolean;
BEGIN
  FOREACH name IN ARRAY ARRAY[{names}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO used;
    IF used THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
END $$;
""".format(names=", ".join(f"'{table.name}'" for table in Base.metadata.sorted_tables))
