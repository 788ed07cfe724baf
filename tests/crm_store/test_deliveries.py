"""What must be pushed is queued with its message, taken in order, and ended once, whoever dies meanwhile."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from barev import clock
from crm_store import conversations, deliveries
from crm_store.conversations import Line
from crm_store.models import ChannelIdentity, Conversation, Delivery

TELEGRAM = ["telegram"]
SECOND = timedelta(seconds=1)


@pytest.fixture
async def noise(store) -> None:
    """Nino's conversation on the website, and a delivery of another channel."""
    async with store.write() as session:
        nino = await conversations.start(session, channel="website", address="nino", language="ka")
        said = await conversations.tell(session, nino, Line(text="noise"))
        await session.flush()
        session.add(
            Delivery(
                message_id=said.id,
                conversation_id=nino.id,
                channel="email",
                address="nino@example.com",
                next_try_at=clock.now(),
            )
        )


@pytest.fixture
async def chat(store, noise):
    """Opens a Telegram conversation in which so many lines were said."""

    async def open_chat(address: str, lines: int = 1) -> Conversation:
        async with store.write() as session:
            conversation = await conversations.start(
                session, channel="telegram", address=address, language="hy"
            )
            for number in range(lines):
                await conversations.tell(session, conversation, Line(text=str(number)))
        return conversation

    return open_chat


@pytest.fixture
def claim(store):
    async def texts(limit: int = 10) -> list[tuple[Delivery, str]]:
        async with store.write() as session:
            claimed = await deliveries.claim(session, TELEGRAM, limit=limit)
        return [(delivery, message.text) for delivery, message in claimed]

    return texts


async def states(store) -> list[tuple[str, int]]:
    async with store.read() as session:
        rows = await session.scalars(
            select(Delivery).where(Delivery.channel == "telegram").order_by(Delivery.id)
        )
        return [(row.state, row.attempts) for row in rows]


async def test_what_is_said_on_telegram_is_queued_and_what_the_shopper_writes_is_not(store, chat, noise):
    conversation = await chat("1", lines=0)
    async with store.write() as session:
        message, _ = await conversations.accept(session, conversation, text="hello", external_id="m1")
        await conversations.answer(session, conversation, message, [Line(text="a"), Line(text="b")])
    async with store.read() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.channel != "email"))).all()
    assert [(row.channel, row.address, row.state) for row in rows] == [("telegram", "1", "waiting")] * 2


async def test_nothing_is_queued_when_the_answer_is_rolled_back(store, chat):
    conversation = await chat("1", lines=0)
    with pytest.raises(RuntimeError):
        async with store.write() as session:
            await conversations.tell(session, conversation, Line(text="never said"))
            raise RuntimeError
    assert await states(store) == []


async def test_only_the_first_undone_line_of_each_conversation_is_taken(store, chat, claim):
    await chat("1", lines=3)
    await chat("2", lines=1)
    first = await claim()
    assert [text for _, text in first] == ["0", "0"]
    assert await claim() == []
    async with store.write() as session:
        await deliveries.sent(session, first[0][0], external_id="77")
    assert [text for _, text in await claim()] == ["1"]


async def test_a_line_that_was_put_off_holds_back_the_later_ones(store, chat, claim, move_clock):
    await chat("1", lines=2)
    ((row, _),) = await claim()
    async with store.write() as session:
        await deliveries.put_off(session, row, after=30 * SECOND, reason="busy")
    assert await claim() == []
    move_clock(31 * SECOND)
    ((again, text),) = await claim()
    assert (text, again.attempts) == ("0", 2)


async def test_an_attempt_that_was_not_made_is_not_counted(store, chat, claim):
    await chat("1")
    ((row, _),) = await claim()
    async with store.write() as session:
        await deliveries.put_off(session, row, after=0 * SECOND, reason="our own limit", tried=False)
    assert await states(store) == [("waiting", 0)]


async def test_a_line_that_failed_for_good_lets_the_next_one_go(store, chat, claim):
    await chat("1", lines=2)
    ((row, _),) = await claim()
    async with store.write() as session:
        await deliveries.fail(session, row, reason="too long")
    assert [text for _, text in await claim()] == ["1"]


async def test_what_a_killed_gateway_was_sending_is_taken_up_after_its_lease(store, chat, claim, move_clock):
    await chat("1", lines=2)
    ((lost, _),) = await claim()
    move_clock(deliveries.LEASE - 2 * SECOND)
    assert await claim() == []
    move_clock(deliveries.LEASE + SECOND)
    ((again, text),) = await claim()
    assert (again.id, text, again.attempts) == (lost.id, "0", 2)


async def test_the_late_end_of_an_attempt_that_lost_its_lease_changes_nothing(store, chat, claim, move_clock):
    await chat("1")
    ((slow, _),) = await claim()
    move_clock(deliveries.LEASE + SECOND)
    ((now_theirs, _),) = await claim()
    async with store.write() as session:
        await deliveries.put_off(session, slow, after=SECOND, reason="late")
        await deliveries.fail(session, slow, reason="late")
    assert await states(store) == [("sending", 2)]
    async with store.write() as session:
        await deliveries.sent(session, now_theirs, external_id="5")
        await deliveries.put_off(session, now_theirs, after=SECOND, reason="late")
    assert await states(store) == [("sent", 2)]


async def test_a_gateway_that_is_alone_takes_back_what_was_under_way_at_its_start(store, chat, claim):
    await chat("1")
    await claim()
    async with store.write() as session:
        await deliveries.take_back(session)
    assert len(await claim()) == 1


async def test_a_shopper_who_blocked_us_gets_nothing_more_and_others_do(store, chat, claim):
    blocker = await chat("1", lines=3)
    await chat("2")
    (row, _), _ = await claim()
    async with store.write() as session:
        await deliveries.blocked(session, row)
    async with store.write() as session:
        await conversations.tell(session, blocker, Line(text="a fourth"))
    assert await states(store) == [("failed", 1), ("failed", 0), ("failed", 0), ("sending", 1)]
    async with store.read() as session:
        identities = await session.scalars(
            select(ChannelIdentity).where(ChannelIdentity.blocked_at.is_not(None))
        )
        assert [identity.address for identity in identities] == ["1"]


async def test_an_answer_that_is_a_day_old_is_given_up(store, chat, claim, move_clock):
    await chat("1", lines=2)
    move_clock(deliveries.GIVE_UP_AFTER)
    ((row, _),) = await claim()
    async with store.write() as session:
        await deliveries.put_off(session, row, after=SECOND, reason="still away")
    assert (await states(store))[0] == ("failed", 1)


async def test_no_line_is_taken_twice_by_gateways_that_look_at_once(store, chat, claim):
    for number in range(12):
        await chat(str(number), lines=2)
    taken = await asyncio.gather(*(claim(limit=3) for _ in range(8)))
    ids = [delivery.id for some in taken for delivery, _ in some]
    assert len(ids) == len(set(ids)) == 12
    assert {text for some in taken for _, text in some} == {"0"}
