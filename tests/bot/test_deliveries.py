"""The push loop: in order, again after a failure, once per message unless killed in the middle."""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import deliveries as push
from bot.deliveries import Deliveries, Later, Never
from crm_store import conversations
from crm_store.conversations import Line
from crm_store.deliveries import LEASE
from crm_store.models import ChannelIdentity, Conversation, Delivery


class Telegraph:
    """A sender that keeps what it took, and does with each message what `script` says first."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.calls = 0
        self.under_way: dict[str, int] = defaultdict(int)
        self.most_under_way = 0

    async def script(self, address: str, text: str) -> None:
        """Raise, or wait."""

    async def send(self, address, message) -> str:
        self.calls += 1
        self.under_way[address] += 1
        self.most_under_way = max(self.most_under_way, self.under_way[address])
        try:
            await self.script(address, message.text)
            self.taken[address].append(message.text)
        finally:
            self.under_way[address] -= 1
        return f"{address}/{message.seq}"


@pytest.fixture
def telegraph(monkeypatch) -> Telegraph:
    monkeypatch.setattr(push, "FIRST_PAUSE", 0.02)
    return Telegraph()


@asynccontextmanager
async def pushing(store, telegraph):
    loop = Deliveries(store, {"telegram": telegraph})
    task = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def say(store, address: str, *texts: str) -> Conversation:
    async with store.write() as session:
        conversation = await conversations.start(session, channel="telegram", address=address, language="en")
        for text in texts:
            await conversations.tell(session, conversation, Line(text=text))
    return conversation


async def settled(store, seconds: float = 10) -> dict[str, int]:
    """Wait until nothing waits any more; how many deliveries ended in which state."""
    async with asyncio.timeout(seconds):
        while True:
            async with store.read() as session:
                counted = await session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
                ends = {state: count for state, count in counted}
            if not ends.keys() & {"waiting", "sending"}:
                return ends
            await asyncio.sleep(0.02)


async def test_every_line_arrives_once_and_in_order_with_one_under_way_per_conversation(store, telegraph):
    async def slowly(address, text):
        await asyncio.sleep(0.002 * (int(address) % 3))

    telegraph.script = slowly
    lines = [str(n) for n in range(6)]
    for number in range(10):
        await say(store, str(number), *lines)
    async with pushing(store, telegraph):
        assert await settled(store, 30) == {"sent": 60}
    assert telegraph.taken == {str(number): lines for number in range(10)}
    assert telegraph.most_under_way == 1


async def test_a_line_that_is_queued_later_goes_out_when_the_loop_is_woken(store, telegraph):
    async with pushing(store, telegraph) as loop:
        await asyncio.sleep(0.05)
        await say(store, "1", "news")
        loop.wake()
        await settled(store, 2)
    assert telegraph.taken["1"] == ["news"]


async def test_a_failure_is_tried_again_and_the_order_stays(store, telegraph):
    failures = iter([Later(), Later(0.05), OSError("gone"), Later(0.01, tried=False)])

    async def stumble(address, text):
        if failure := next(failures, None):
            raise failure

    telegraph.script = stumble
    await say(store, "1", "first", "second")
    async with pushing(store, telegraph):
        await settled(store)
    assert telegraph.taken["1"] == ["first", "second"]
    async with store.read() as session:
        rows = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
    assert [(row.attempts, row.external_id, row.last_error) for row in rows] == [
        (4, "1/1", None),
        (1, "1/2", None),
    ]


async def test_a_line_that_can_never_be_taken_is_skipped_after_one_attempt(store, telegraph):
    async def refuse(address, text):
        if text == "bad":
            raise Never("too long")

    telegraph.script = refuse
    await say(store, "1", "good", "bad", "better")
    async with pushing(store, telegraph):
        assert await settled(store) == {"sent": 2, "failed": 1}
    assert (telegraph.taken["1"], telegraph.calls) == (["good", "better"], 3)


async def test_a_line_on_which_the_sender_breaks_is_given_up_and_the_next_one_goes(store, telegraph):
    async def poison(address, text):
        if text == "poison":
            raise KeyError("a defect of ours")

    telegraph.script = poison
    await say(store, "1", "poison", "water")
    async with pushing(store, telegraph):
        assert await settled(store) == {"sent": 1, "failed": 1}
    assert telegraph.calls == push.MOST_DEFECTS + 1


async def test_after_a_block_nothing_more_is_tried_for_that_address(store, telegraph):
    async def block(address, text):
        if address == "1":
            raise Never("blocked", blocked=True)

    telegraph.script = block
    await say(store, "1", "a", "b", "c")
    await say(store, "2", "a")
    async with pushing(store, telegraph):
        assert await settled(store) == {"sent": 1, "failed": 3}
    assert telegraph.calls == 2
    async with store.read() as session:
        blocked = await session.scalars(
            select(ChannelIdentity.address).where(ChannelIdentity.blocked_at.is_not(None))
        )
        assert blocked.all() == ["1"]


async def test_one_slow_conversation_does_not_hold_up_the_others(store, telegraph):
    gate = asyncio.Event()

    async def stuck(address, text):
        if address == "1":
            await gate.wait()

    telegraph.script = stuck
    await say(store, "1", "a")
    await say(store, "2", *"abc")
    async with pushing(store, telegraph):
        async with asyncio.timeout(3):
            while len(telegraph.taken["2"]) < 3:
                await asyncio.sleep(0.01)
        gate.set()
        await settled(store)


async def test_a_kill_in_the_middle_repeats_the_send_under_way_and_nothing_else(
    store, telegraph, move_clock, monkeypatch
):
    reached = asyncio.Event()

    async def die(address, text):
        telegraph.taken[address].append(text)  # Telegram has it, and we will never know
        reached.set()
        await asyncio.Event().wait()

    await say(store, "1", "first", "second")
    monkeypatch.setattr(push, "LAST_SECONDS", 0)
    telegraph.script = die
    async with pushing(store, telegraph):
        async with asyncio.timeout(3):
            await reached.wait()
    telegraph.script = Telegraph().script
    move_clock(LEASE + timedelta(seconds=1))
    async with pushing(store, telegraph):
        assert await settled(store) == {"sent": 2}
    assert telegraph.taken["1"] == ["first", "first", "second"]


async def test_without_senders_what_is_queued_waits(store):
    await say(store, "1", "first")
    await asyncio.wait_for(Deliveries(store, {}).run(), timeout=1)
    async with store.read() as session:
        assert (await session.scalars(select(Delivery.state))).all() == ["waiting"]
