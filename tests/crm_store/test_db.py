"""The store keeps its promises about transactions, on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from crm_store import conversations
from crm_store.db import STATEMENT_SECONDS
from crm_store.models import Conversation, Customer, Order
from tests.crm_store import people
from tests.crm_store.fixtures import on_postgresql, on_sqlite


async def names(store) -> list[str]:
    async with store.read() as session:
        return list(await session.scalars(select(Customer.name).order_by(Customer.id)))


async def test_a_write_is_kept_when_its_block_ends(store):
    async with store.write() as session:
        await people.ani(session)
    assert await names(store) == ["Ani"]


async def test_nothing_of_a_write_is_kept_when_its_block_raises(store):
    with pytest.raises(RuntimeError):
        async with store.write() as session:
            await people.ani(session)
            raise RuntimeError
    assert await names(store) == []


async def test_a_row_can_be_used_after_its_transaction(store):
    async with store.write() as session:
        ani = await people.ani(session)
    assert ani.name == "Ani"


@on_sqlite
async def test_a_reader_cannot_write_on_sqlite(store):
    with pytest.raises(DBAPIError, match="readonly"):
        async with store.read() as session:
            await people.ani(session)


async def test_forty_writers_at_once_lose_no_update(store):
    async with store.write() as session:
        ani = await people.ani(session)
        ani.name = "0"

    async def count() -> None:
        async with store.write() as session:
            row = await session.get_one(Customer, ani.id, with_for_update=True)
            row.name = str(int(row.name) + 1)

    await asyncio.gather(*(count() for _ in range(40)))
    assert await names(store) == ["40"]


async def test_a_row_that_refers_to_nothing_is_refused(store):
    with pytest.raises(IntegrityError):
        async with store.write() as session:
            await people.order(session, Customer(id=12345))


async def test_what_others_refer_to_cannot_be_deleted(store):
    async with store.write() as session:
        ani = await people.ani(session)
        await people.order(session, ani)
    with pytest.raises(IntegrityError):
        async with store.write() as session:
            await session.execute(text("DELETE FROM customers"))
    assert await names(store) == ["Ani"]


async def test_an_unknown_status_is_refused_by_the_database(store):
    async with store.write() as session:
        order = await people.order(session, await people.ani(session))
    with pytest.raises(IntegrityError):
        async with store.write() as session:
            (await session.get_one(Order, order.id)).status = "lost in the post"


async def test_a_time_comes_back_aware_in_utc(store):
    async with store.write() as session:
        ani = await people.ani(session)
        ani.created_at = datetime.fromisoformat("2026-01-31T14:00:00.123456+04:00")
    async with store.read() as session:
        at = await session.scalar(select(Customer.created_at))
    assert at == datetime(2026, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)
    assert at.utcoffset().total_seconds() == 0


async def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(StatementError, match="without a zone"):
        async with store.write() as session:
            session.add(Customer(name="Ani", language="hy", created_at=datetime(2026, 1, 31)))
            await session.flush()


@on_postgresql
async def test_a_statement_that_takes_too_long_is_stopped(store):
    with pytest.raises(DBAPIError, match="statement timeout"):
        async with store.write() as session:
            await session.execute(text("SELECT pg_sleep(3)"))


@on_postgresql
async def test_waiting_for_a_row_is_no_slow_statement_and_what_follows_is_judged_as_ever(store):
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
    held = asyncio.Event()

    async def hold() -> None:
        async with store.write() as session:
            await conversations.by_public_id(session, talk.public_id, lock=True)
            held.set()
            await asyncio.sleep(STATEMENT_SECONDS + 0.5)

    holding = asyncio.create_task(hold())
    await held.wait()
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await conversations.locked(session, row)
        assert holding.done()
        assert await session.scalar(text("SHOW statement_timeout")) == f"{STATEMENT_SECONDS}s"


@on_sqlite
async def test_sqlite_survives_a_power_cut_and_overwrites_what_is_deleted(store):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    async with store.write() as session:
        found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted
