"""What may wait leaves the event loop free; everything else comes at once."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import event, select, text

from crm_store import conversations
from crm_store.models import Conversation
from crm_store.prompt_sqlite import prompt
from tests.crm_store.fixtures import on_sqlite


@contextmanager
def statements(engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    seen: list[str] = []

    def sent(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", sent)
    yield seen
    event.remove(engine.sync_engine, "before_cursor_execute", sent)


@on_sqlite
async def test_while_another_process_writes_the_loop_goes_on(store, database):
    other = sqlite3.connect(database.url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with store.write() as session:
            await session.execute(select(1))

    writing = asyncio.create_task(write())
    longest, last = 0.0, time.monotonic()
    for _ in range(20):
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert not writing.done()
    other.execute("COMMIT")
    await writing
    other.close()
    assert longest < 1, "the loop stood still while SQLite waited for its lock"


async def test_what_follows_a_cancelled_call_waits_behind_it(tmp_path):
    """Two threads on one connection crash the process."""
    connection = await prompt(str(tmp_path / "one.db"), check_same_thread=False)  # as SQLAlchemy does
    ended = []

    def commit(_statement: str) -> None:
        time.sleep(0.3)
        ended.append("commit")

    committing = asyncio.create_task(connection._execute(commit, "COMMIT"))
    await asyncio.sleep(0.05)
    committing.cancel()
    with suppress(asyncio.CancelledError):
        await committing
    assert await connection._execute(threading.get_ident) != threading.get_ident()
    assert ended == ["commit"]
    assert await connection._execute(threading.get_ident) == threading.get_ident()
    await connection.close()


@on_sqlite
async def test_a_write_that_is_given_up_while_it_waits_leaves_the_store_whole(store, database):
    other = sqlite3.connect(database.url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)

    async def write() -> None:
        async with store.write() as session:
            await session.execute(select(1))

    for _ in range(5):
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(write())
        await asyncio.sleep(0.05)
        writing.cancel()
        asyncio.get_running_loop().call_later(0.1, other.execute, "COMMIT")
        await asyncio.gather(writing, return_exceptions=True)
        await asyncio.sleep(0.1)
    other.close()
    await write()


@on_sqlite
async def test_a_reading_stays_in_the_loop_and_a_report_leaves_it(store):
    async def thread(opened) -> int:
        met: list[int] = []
        async with opened as session:
            connection = await (await session.connection()).get_raw_connection()
            held = connection.driver_connection._connection
            held.create_function("here", 0, lambda: met.append(threading.get_ident()))
            await session.execute(text("SELECT here()"))
        return met[0]

    assert await thread(store.read()) == threading.get_ident()
    assert await thread(store.report()) != threading.get_ident()


async def test_a_row_held_once_costs_nothing_when_asked_for_again(store):
    async with store.write() as session:
        ani = await conversations.start(session, channel="website", address="ani", language="hy")
    async with store.write() as session:
        row = await conversations.locked(session, ani)
        with statements(store.writer) as seen:
            assert await conversations.locked(session, row) is row
            assert await conversations.locked(session, ani) is row
        assert seen == []


async def test_a_row_from_before_is_read_anew_when_it_is_held(store):
    async with store.write() as session:
        ani = await conversations.start(session, channel="website", address="ani", language="hy")
    async with store.write() as session:
        (await session.get_one(Conversation, ani.id)).language = "ka"
    async with store.write() as session:
        assert (await conversations.locked(session, ani)).language == "ka"
