"""Databases come to this version's tables whole or not at all, and history cannot be rewritten in them."""

import asyncio
import secrets
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from barev import clock
from crm_store import schema
from crm_store.db import open_store
from crm_store.errors import NewerDatabase
from crm_store.migrations import append_only
from crm_store.models import AuditRow, Base, OrderChange
from crm_store.schema import HistoryNotSafe, migrate, state
from tests.crm_store import people
from tests.crm_store.fixtures import POSTGRESQL, Database, execute, on_postgresql, on_sqlite, postgresql_url

BATCH_REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    with op.batch_alter_table("points_rows", recreate="auto" if {postgresql} else "always") as table:
        table.add_column(sa.Column("note", sa.String()))
    {then}
"""


@pytest.fixture(params=["sqlite", POSTGRESQL])
def nowhere(request, tmp_path):
    """Where no database is yet."""
    if request.param == "sqlite":
        yield Database(f"sqlite+aiosqlite:///{tmp_path}/new.db")
        return
    database = Database(postgresql_url(), f"test_{secrets.token_hex(6)}")
    yield database
    asyncio.run(execute(database, f"DROP SCHEMA IF EXISTS {database.schema} CASCADE"))


def with_one_more_revision(folder: Path, database: Database, then: str = "pass") -> Path:
    """A copy of our migrations with a newer one, which rebuilds points_rows on SQLite."""
    scripts = shutil.copytree(schema.MIGRATIONS, folder / "migrations")
    head = max(path.name for path in (scripts / "versions").glob("*.py"))[:4]
    revision = BATCH_REVISION.format(head=head, postgresql="postgresql" in database.url, then=then)
    (scripts / "versions" / "9999_note.py").write_text(revision)
    return scripts


async def run(database: Database, *statements: str) -> None:
    store = database.open()
    async with store.write() as session:
        for statement in statements:
            await session.execute(text(statement))
    await store.close()


async def columns(database: Database) -> list[str]:
    store = database.open()
    async with store.read() as session:
        found = (await session.execute(text("SELECT * FROM points_rows"))).keys()
    await store.close()
    return list(found)


async def points(database: Database) -> list[int]:
    store = database.open()
    async with store.read() as session:
        found = list(await session.scalars(text("SELECT points FROM points_rows ORDER BY id")))
    await store.close()
    return found


async def test_a_new_database_is_empty_and_then_current(nowhere):
    assert await state(nowhere.url, nowhere.schema) == "empty"
    await migrate(nowhere.url, nowhere.schema)
    assert await state(nowhere.url, nowhere.schema) == "current"


async def test_asking_for_the_state_makes_no_file(tmp_path):
    assert await state(f"sqlite+aiosqlite:///{tmp_path}/new.db") == "empty"
    assert list(tmp_path.iterdir()) == []


async def test_migrating_a_current_database_changes_nothing(database):
    await migrate(database.url, database.schema)
    assert await state(database.url, database.schema) == "current"


async def test_four_processes_may_migrate_at_once(nowhere):
    await asyncio.gather(*(migrate(nowhere.url, nowhere.schema) for _ in range(4)))
    assert await state(nowhere.url, nowhere.schema) == "current"


async def test_the_migrations_make_what_the_models_say(store):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    async with store.reader.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == []


@on_sqlite
async def test_the_migrations_make_the_same_checks_as_the_models(database, tmp_path):
    """Autogenerate does not compare CHECK constraints; SQLite keeps their text, and the revisions serve both."""
    fresh = open_store(f"sqlite+aiosqlite:///{tmp_path}/models.db")
    async with fresh.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    migrated = database.open()
    assert await checks(fresh) == await checks(migrated) != {}
    await fresh.close()
    await migrated.close()


async def checks(store) -> dict[str, list[str]]:
    async with store.read() as session:
        tables = await session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        lines = {name: [line.strip(" ,\t") for line in sql.splitlines()] for name, sql in tables}
    found = {name: sorted(line for line in lines[name] if "CHECK" in line) for name in lines}
    return {name: some for name, some in found.items() if some}


async def test_a_database_of_a_newer_version_is_left_alone(nowhere):
    await migrate(nowhere.url, nowhere.schema)
    await run(nowhere, "UPDATE alembic_version SET version_num = 'from the future'")
    assert await state(nowhere.url, nowhere.schema) == "newer"
    with pytest.raises(NewerDatabase):
        await state(nowhere.url, nowhere.schema, refuse_newer=True)
    with pytest.raises(NewerDatabase):
        await migrate(nowhere.url, nowhere.schema)


async def test_an_older_database_is_known_as_such_and_brought_up(nowhere, tmp_path):
    await migrate(nowhere.url, nowhere.schema)
    scripts = with_one_more_revision(tmp_path, nowhere)
    assert await state(nowhere.url, nowhere.schema, scripts=scripts) == "older"
    await migrate(nowhere.url, nowhere.schema, scripts=scripts)
    assert await state(nowhere.url, nowhere.schema, scripts=scripts) == "current"
    assert "note" in await columns(nowhere)


async def test_a_migration_that_fails_half_way_leaves_the_old_tables(nowhere, tmp_path):
    await migrate(nowhere.url, nowhere.schema)
    scripts = with_one_more_revision(tmp_path, nowhere, then="raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        await migrate(nowhere.url, nowhere.schema, scripts=scripts)
    assert await state(nowhere.url, nowhere.schema, scripts=scripts) == "older"
    assert "note" not in await columns(nowhere)


async def test_a_table_that_a_migration_rebuilt_keeps_its_rows_and_gets_its_triggers_back(nowhere, tmp_path):
    await migrate(nowhere.url, nowhere.schema)
    await with_history(nowhere)
    before = await points(nowhere)
    await migrate(nowhere.url, nowhere.schema, scripts=with_one_more_revision(tmp_path, nowhere))
    assert await points(nowhere) == before != []
    for act in ("UPDATE points_rows SET points = 1", "DELETE FROM points_rows"):
        with pytest.raises(DBAPIError, match="points_rows is append-only"):
            await run(nowhere, act)


async def test_a_current_database_without_a_trigger_is_refused(nowhere):
    await migrate(nowhere.url, nowhere.schema)
    on = " ON points_rows" if nowhere.schema else ""
    await run(nowhere, f"DROP TRIGGER points_rows_no_update{on}")
    with pytest.raises(HistoryNotSafe, match="points_rows has no trigger against update"):
        await migrate(nowhere.url, nowhere.schema)


@pytest.mark.parametrize("nowhere", [POSTGRESQL], indirect=True)
async def test_a_disabled_trigger_is_as_bad_as_none(nowhere):
    await migrate(nowhere.url, nowhere.schema)
    await run(nowhere, "ALTER TABLE audit_rows DISABLE TRIGGER audit_rows_no_delete")
    with pytest.raises(HistoryNotSafe, match="audit_rows has no trigger against delete"):
        await migrate(nowhere.url, nowhere.schema)


@pytest.mark.parametrize("act", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
@pytest.mark.parametrize("table", append_only.APPEND_ONLY)
async def test_history_cannot_be_changed_or_deleted(database, table, act):
    await with_history(database)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await run(database, act.format(table))


@on_sqlite
@pytest.mark.parametrize("table", append_only.APPEND_ONLY)
async def test_history_cannot_be_replaced(database, table):
    await with_history(database)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await run(database, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@on_postgresql
@pytest.mark.parametrize("table", append_only.APPEND_ONLY)
async def test_history_cannot_be_truncated(database, table):
    with pytest.raises(DBAPIError, match="is append-only"):
        await run(database, f"TRUNCATE {table} CASCADE")


async def test_a_schema_gets_no_name_that_would_need_quotes():
    with pytest.raises(ValueError, match="no name for a schema"):
        await migrate("postgresql+asyncpg://nobody@127.0.0.1:1/none", 'x"; DROP SCHEMA public; --')


async def with_history(database: Database) -> None:
    """A row in every table that is only ever added to."""
    store = database.open()
    async with store.write() as session:
        await people.others(session)
        ani = await people.ani(session)
        order = await people.order(session, ani)
        session.add(OrderChange(order_id=order.id, status="processing", at=clock.now()))
        audited = AuditRow(
            at=clock.now(), act="test", subject="none", details={}, previous_hash="", row_hash="1"
        )
        session.add(audited)
    await store.close()
