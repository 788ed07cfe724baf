"""Updates that come together are committed together; each is told only after its own commit."""

import asyncio

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from bot.channels.telegram_intake import Intake
from crm_store.models import TelegramUpdate
from tests.crm_store.fixtures import on_postgresql


def update(number: int) -> dict[str, object]:
    return {"update_id": number, "message": {"text": f"{number}"}}


async def kept(store) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count()).select_from(TelegramUpdate))


@pytest.fixture
def intake(store) -> Intake:
    return Intake(store, "4711", lambda: None)


async def test_forty_at_once_cost_two_commits_and_each_is_there_when_its_call_returns(store, intake):
    commits = []
    event.listen(store.writer.sync_engine, "commit", commits.append)

    async def take(number: int) -> None:
        await intake.take([update(number)])
        async with store.read() as session:
            assert await session.scalar(select(TelegramUpdate.id).where(TelegramUpdate.update_id == number))

    await asyncio.gather(*(take(n % 20) for n in range(40)))
    assert await kept(store) == 20 and len(commits) == 2
    await asyncio.gather(take(20), *(take(n) for n in range(21, 40)))
    assert await kept(store) == 40 and len(commits) == 4


async def test_a_wake_comes_after_each_commit(store):
    woken = []
    intake = Intake(store, "4711", lambda: woken.append(1))
    await intake.take([update(1)])
    assert woken and await kept(store) == 1


@on_postgresql
async def test_one_that_the_store_refuses_does_not_stop_the_others(store, intake):
    refused = {"update_id": 99, "message": {"date": float("nan")}}  # no JSON, says PostgreSQL
    calls = [intake.take([update(n)]) for n in range(10)] + [intake.take([refused])]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert ends[:10] == [None] * 10 and isinstance(ends[10], DBAPIError)
    assert await kept(store) == 10
