"""Asking for a person: once per conversation, with what the agent should know."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import conversations, handoffs, loyalty, orders
from crm_store.conversations import Line
from crm_store.models import Conversation, Handoff
from tests.crm_store import people


@pytest.fixture
async def talk(store, programme, noise) -> Conversation:
    """Ani has asked about her order, was told, and wants a person now."""
    async with store.write() as session:
        ani = await people.ani(session)
        order = await people.order(session, ani)
        await loyalty.opening(session, ani, 340, expires_at=None)
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
        message, _ = await conversations.accept(session, talk, text="ուր ա պատվերս", external_id="1")
        await orders.match(session, talk, number=order.number, contact="ani@example.com", source="s")
        await conversations.answer(session, talk, message, [Line(text="…", name="utter_order_status")])
        await conversations.accept(session, talk, text="մարդ եմ ուզում", external_id="2")
    return talk


async def ask(store, talk, reason="asked_for_person"):
    async with store.write() as session:
        return await handoffs.ask(session, await session.get_one(Conversation, talk.id), reason=reason)


async def test_the_packet_holds_words_what_was_tried_orders_points_level_and_language(store, talk):
    handoff, new = await ask(store, talk)
    assert new and handoff.reason == "asked_for_person"
    packet = handoff.packet
    assert packet["words"] == ["ուր ա պատվերս", "մարդ եմ ուզում"]
    assert packet["tried"] == [{"name": "utter_order_status", "values": {}}]
    assert [order["status"] for order in packet["orders"]] == ["processing"]
    assert (packet["points"], packet["level"], packet["language"]) == (340, 1, "hy")


async def test_the_conversation_waits(store, talk):
    await ask(store, talk)
    async with store.read() as session:
        assert (await session.get_one(Conversation, talk.id)).status == "waiting"


async def test_asked_again_the_first_request_stands(store, talk):
    first, _ = await ask(store, talk)
    second, new = await ask(store, talk, reason="unhappy")
    assert (second.id, new, second.reason) == (first.id, False, "asked_for_person")


async def test_sixteen_askings_at_once_make_one_request(store, talk):
    news = [new for _, new in await asyncio.gather(*(ask(store, talk) for _ in range(16)))]
    assert sum(news) == 1
    async with store.read() as session:
        assert len((await session.scalars(select(Handoff))).all()) == 1


async def test_a_day_later_the_packet_knows_nobody_any_more(store, talk, move_clock):
    move_clock(timedelta(hours=25))
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        await conversations.accept(session, row, text="hello?", external_id="3")
    handoff, _ = await ask(store, talk)
    assert (handoff.packet["level"], handoff.packet["orders"], handoff.packet["points"]) == (0, [], None)
