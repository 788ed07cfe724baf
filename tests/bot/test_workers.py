"""A gateway that stops leaves no conversation mute for the others."""

import asyncio

from bot import workers
from bot.workers import Workers
from crm_store import conversations, conversations_leases
from tests.crm_store.fixtures import on_postgresql


class Slow:
    """Turns that take long."""

    def __init__(self) -> None:
        self.began = asyncio.Event()

    async def take(self, conversation_id: int) -> bool:
        self.began.set()
        await asyncio.sleep(60)
        return False


async def free(store, talk) -> bool:
    async with store.write() as session:
        return bool(await conversations_leases.lease(session, [talk.id], gateway="another"))


@on_postgresql
async def test_a_gateway_that_stops_during_a_turn_ends_its_lease(store):
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
    turns = Slow()
    at_work = Workers(store, turns)
    at_work.wake(talk.id)
    await asyncio.wait_for(turns.began.wait(), 5)
    assert not await free(store, talk)
    await at_work.stop()
    assert await free(store, talk)


@on_postgresql
async def test_what_another_gateway_works_on_is_not_taken_by_renewing(store, monkeypatch):
    """A worker here that waits, or has just ended, has no lease to renew."""
    monkeypatch.setattr(workers, "RENEW_SECONDS", 0.02)
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
    turns = Slow()
    at_work = Workers(store, turns)
    at_work.wake(talk.id)
    await asyncio.wait_for(turns.began.wait(), 5)
    async with store.write() as session:  # as the worker does at its end
        await conversations_leases.end(session, [talk.id], gateway=at_work._gateway)
    renewing = asyncio.create_task(at_work.renew())
    await asyncio.sleep(0.3)
    assert not renewing.done() and await free(store, talk)
    renewing.cancel()
    await at_work.stop()
