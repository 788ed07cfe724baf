"""A database that cannot be used is a sentence, never with a password in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from barev.cli.errors import Refused
from barev.cli.launch import database
from barev.settings import Settings
from crm_store import schema
from tests.rig.ports import free_port


@pytest.mark.parametrize(
    "address", ["nonsense", "sqlite:///barev.db", "mysql+aiomysql://root@127.0.0.1/shop"]
)
async def test_an_address_of_another_kind_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^BAREV_DATABASE_URL .*sqlite\+aiosqlite or postgresql\+asyncpg\.$"):
        await database.prepare(Settings(data_dir=tmp_path, database_url=address))


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://barev:very-secret@127.0.0.1:{free_port()}/shop"
    for ask in (database.prepare, database.refuse_newer):
        with pytest.raises(Refused) as refused:
            await ask(Settings(data_dir=tmp_path, database_url=url))
        assert "cannot be opened" in str(refused.value) and "very-secret" not in str(refused.value)


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "barev.db"
    file.write_text("a letter to somebody, much longer than the head of a database would be" * 20)
    before = file.read_bytes()
    with pytest.raises(Refused, match="cannot be opened"):
        await database.prepare(Settings(data_dir=tmp_path))
    assert file.read_bytes() == before


async def test_a_ledger_whose_protection_is_gone_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await database.prepare(settings)
    with sqlite3.connect(tmp_path / "barev.db") as other:
        (trigger,) = other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1").fetchone()
        other.execute(f"DROP TRIGGER {trigger}")
    other.close()
    with pytest.raises(Refused, match="has lost what keeps its history from being changed"):
        await database.prepare(settings)


async def test_a_database_of_this_version_is_current(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert await database.refuse_newer(settings) == "empty"
    await database.prepare(settings)
    assert await database.refuse_newer(settings) == await schema.state(settings.database) == "current"
