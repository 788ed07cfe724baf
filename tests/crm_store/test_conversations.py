"""Taking messages in, in order and once; episodes; and that nothing crosses from one conversation to another."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import (
    conversations,
    conversations_buttons,
    conversations_episodes,
    conversations_waiting,
)
from crm_store.conversations import Line
from crm_store.models import Conversation, Episode, Message


@pytest.fixture
async def ani(store) -> Conversation:
    """Ani's conversation, beside Nino's with messages of its own."""
    async with store.write() as session:
        nino = await conversations.start(session, channel="website", address="nino", language="ka")
        for number in range(3):
            await conversations.accept(session, nino, text="noise", external_id=str(number))
        return await conversations.start(session, channel="website", address="ani", language="hy")


async def test_a_message_gets_the_next_seq_of_its_own_conversation(store, ani):
    async with store.write() as session:
        seqs = [
            (await conversations.accept(session, ani, text="x", external_id=str(n)))[0].seq for n in range(3)
        ]
    assert seqs == [1, 2, 3]


async def test_the_same_external_id_is_taken_once(store, ani):
    async with store.write() as session:
        first, new = await conversations.accept(session, ani, text="x", external_id="1")
    async with store.write() as session:
        second, again = await conversations.accept(session, ani, text="x", external_id="1")
    assert (new, again, first.id) == (True, False, second.id)


async def test_forty_messages_at_once_get_forty_seqs_without_a_gap(store, ani):
    async def send(number: int) -> int:
        async with store.write() as session:
            row = await session.get_one(Conversation, ani.id)
            return (await conversations.accept(session, row, text="x", external_id=str(number)))[0].seq

    assert sorted(await asyncio.gather(*(send(n) for n in range(40)))) == list(range(1, 41))


async def test_messages_are_answered_oldest_first_and_once(store, ani):
    async with store.write() as session:
        for number in range(2):
            await conversations.accept(session, ani, text=f"{number}", external_id=str(number))
    for expected, before in (("0", None), ("1", "utter_yes")):
        async with store.write() as session:
            row = await session.get_one(Conversation, ani.id)
            found = await conversations_waiting.next_unanswered(session, row.id)
            assert found
            _, message, asked = found
            assert (message.text, asked) == (expected, before)
            (said,) = await conversations.answer(session, row, message, [Line("yes", "utter_yes")])
            assert said.in_reply_to == message.seq
    async with store.read() as session:
        assert await conversations_waiting.next_unanswered(session, ani.id) is None
        assert ani.id not in await conversations_waiting.unanswered(session)


async def test_a_word_in_between_ends_no_turn(store, ani):
    async with store.write() as session:
        await conversations.accept(session, ani, text="x", external_id="1")
        await conversations.tell(session, ani, Line(text="please wait"))
    async with store.read() as session:
        assert ani.id in await conversations_waiting.unanswered(session)


async def test_an_episode_ends_after_24_idle_hours(store, ani, move_clock):
    async with store.write() as session:
        await conversations.accept(session, ani, text="x", external_id="1")
    move_clock(timedelta(hours=23))
    async with store.write() as session:
        await conversations.accept(
            session, await session.get_one(Conversation, ani.id), text="x", external_id="2"
        )
    move_clock(timedelta(hours=48))
    async with store.write() as session:
        await conversations.accept(
            session, await session.get_one(Conversation, ani.id), text="x", external_id="3"
        )
        rows = await session.scalars(
            select(Message.episode_id).where(Message.conversation_id == ani.id).order_by(Message.seq)
        )
        first, second, third = rows
        assert first == second != third
        old = await session.get_one(Episode, first)
    assert old.ended_at == old.last_message_at + conversations_episodes.EPISODE_IDLE


async def test_a_buttons_token_works_in_its_conversation_and_until_it_expires(store, ani, move_clock):
    async with store.write() as session:
        nino = (await session.scalars(select(Conversation).where(Conversation.id != ani.id))).one()
        await conversations_buttons.offer(session, ani, title="Yes", intent="affirm", token="t1")
    async with store.read() as session:
        assert await conversations_buttons.button_of(session, ani, "t1")
        assert await conversations_buttons.button_of(session, nino, "t1") is None
    move_clock(timedelta(days=8))
    async with store.read() as session:
        assert await conversations_buttons.button_of(session, ani, "t1") is None


async def test_a_chosen_language_is_not_changed_by_what_is_written(store, ani):
    async with store.write() as session:
        await conversations.accept(session, ani, text="hello", external_id="1", language="en")
        row = await session.get_one(Conversation, ani.id)
        assert row.language == "en"
        await conversations.choose_language(session, row, "ka")
        await conversations.accept(session, row, text="hello", external_id="2", language="en")
        assert row.language == "ka"
