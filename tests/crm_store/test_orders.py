"""Matching an order: one answer for every kind of wrong, and counters that hold under parallel guessing."""

import asyncio

import pytest
from sqlalchemy import select

from crm_store import conversations, identity, orders
from crm_store.errors import TooManyTries
from crm_store.models import Assurance, Conversation, GuessCount
from tests.crm_store import people


@pytest.fixture
async def talk(store, noise) -> Conversation:
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
        await conversations.accept(session, talk, text="?", external_id="1")
    return talk


@pytest.fixture
async def order(store, talk):
    async with store.write() as session:
        ani = await people.ani(session)
        await people.order(session, await people.nino(session))
        return await people.order(session, ani)


async def guess(store, talk, number, contact, source="here"):
    """found, not found, or refused."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        try:
            found = await orders.match(session, row, number=number, contact=contact, source=source)
        except TooManyTries:
            return "refused"
    return "found" if found else "not found"


@pytest.mark.parametrize("contact", ["ani@example.com", "ANI@EXAMPLE.COM ", "+374 00 000 001", "000 00001"])
async def test_the_customers_own_contact_opens_the_order(store, talk, order, contact):
    assert await guess(store, talk, order.number, contact) == "found"
    async with store.read() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await identity.level(session, row) == 1
        assert [shown.id for shown in await orders.shown(session, row)] == [order.id]


@pytest.mark.parametrize("number", ["br 104 217", "#104217", "ＢＲ－１０４２１７", "br-104217"])
def test_a_number_is_the_same_in_every_writing(number):
    assert orders.normal_number(number) == "BR-104217"


async def test_an_order_can_carry_a_contact_of_its_own(store, talk, order):
    async with store.write() as session:
        (await session.merge(order)).email = "gift@example.com"
    assert await guess(store, talk, order.number, "gift@example.com") == "found"


@pytest.mark.parametrize("contact", ["nino@example.com", "gor@example.com", "", "@", "0", "nobody"])
async def test_somebody_elses_contact_opens_nothing(store, talk, order, contact):
    assert await guess(store, talk, order.number, contact) == "not found"
    async with store.read() as session:
        assert (await session.scalars(select(Assurance))).all() == []


async def test_thirty_two_guesses_at_once_get_exactly_five_tries(store, talk, order):
    answers = await asyncio.gather(
        *(guess(store, talk, f"BR-9{n:05}", f"v{n}@example.com", source=str(n)) for n in range(32))
    )
    assert sorted(set(answers)) == ["not found", "refused"]
    assert answers.count("not found") == 5


async def test_a_new_conversation_does_not_reset_the_count_of_an_order(store, talk, order):
    async with store.write() as session:
        others = [
            await conversations.start(session, channel="website", address=f"v{n}", language="en")
            for n in range(6)
        ]
        for other in others:
            await conversations.accept(session, other, text="?", external_id="1")
    answers = [
        await guess(store, other, order.number, f"v{n}@example.com", source=str(n))
        for n, other in enumerate(others)
    ]
    assert answers == ["not found"] * 5 + ["refused"]
    assert await guess(store, talk, order.number, "ani@example.com") == "refused"


async def test_counts_name_nobody(store, talk, order):
    await guess(store, talk, order.number, "nino@example.com")
    async with store.read() as session:
        keys = (await session.scalars(select(GuessCount.key))).all()
    assert len(keys) == 4 and all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)
