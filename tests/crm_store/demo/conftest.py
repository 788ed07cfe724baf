"""The demo shop, filled once for all tests here, on SQLite and on PostgreSQL; they leave it as it is."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from barev import clock
from crm_store import demo, schema
from crm_store.db import Store
from tests.crm_store.demo.reading import PASSWORDS
from tests.crm_store.fixtures import Database, execute, postgresql_url


@pytest.fixture(scope="session")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clock file with which it is noon in Yerevan, so that no two fillings have a midnight between them."""
    now = datetime.now(ZoneInfo("Asia/Yerevan"))
    file = tmp_path_factory.mktemp("noon") / "clock"
    file.write_text(str((now.replace(hour=12, minute=0) - now).total_seconds()))
    return file


@pytest.fixture(autouse=True)
def at_noon(noon: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.CLOCK_FILE, str(noon))


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def filled(
    request: pytest.FixtureRequest, noon: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, demo.Demo]]:
    """Where the demo shop is, and what its filling said."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('demo')}/barev.db")
    else:
        database = Database(postgresql_url(), f"demo_{secrets.token_hex(6)}")
    yield database, _filled(database, noon)
    if database.schema:
        asyncio.run(execute(database, f"DROP SCHEMA {database.schema} CASCADE"))


@pytest.fixture(scope="session")
def again(noon: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Another filling, on SQLite."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('again')}/barev.db")
    _filled(database, noon)
    return database


@pytest.fixture
async def store(filled: tuple[Database, demo.Demo]) -> AsyncIterator[Store]:
    opened = filled[0].open()
    yield opened
    await opened.close()


@pytest.fixture
async def nowhere(store: Store) -> AsyncIterator[AsyncSession]:
    """A session in which one can write; nothing of it stays."""
    async with async_sessionmaker(store.writer, expire_on_commit=False)() as session:
        yield session
        await session.rollback()


def _filled(database: Database, noon: Path) -> demo.Demo:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.CLOCK_FILE, str(noon))
        return asyncio.run(_migrate_and_fill(database))


async def _migrate_and_fill(database: Database) -> demo.Demo:
    await schema.migrate(database.url, database.schema)
    store = database.open()
    try:
        return await demo.fill(store, passwords=PASSWORDS)
    finally:
        await store.close()
