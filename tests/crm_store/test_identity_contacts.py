"""A shared phone number: level 2 only for the sender's own number and one customer's; nobody learns who is known."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import conversations, identity, identity_contacts
from crm_store.errors import TooManyTries
from crm_store.models import Assurance, ChannelIdentity, Contact, Conversation
from tests.crm_store import people

PHONE = "+37499001122"


async def add_phone(session, customer, phone):
    session.add(Contact(customer_id=customer.id, kind="phone", value=phone))


@pytest.fixture
async def ani(store, noise):
    async with store.write() as session:
        await people.nino(session)
        ani = await people.ani(session)
        await add_phone(session, ani, PHONE)
    return ani


async def begin(store, address) -> Conversation:
    async with store.write() as session:
        talk = await conversations.start(session, channel="telegram", address=address, language="hy")
        await conversations.accept(session, talk, text="?", external_id="1")
    return talk


@pytest.fixture
async def talk(store, ani) -> Conversation:
    await begin(store, "somebody else")
    return await begin(store, "ani")


async def share(store, talk, phone=PHONE, *, own=True, source="here"):
    """The customer that the store says it is; too many tries count like everything that is committed."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        try:
            return await identity_contacts.confirm(session, row, phone=phone, own=own, source=source)
        except TooManyTries:
            return TooManyTries


async def level(store, talk) -> int:
    async with store.read() as session:
        return await identity.level(session, await session.get_one(Conversation, talk.id))


@pytest.mark.parametrize(
    "written", [PHONE, "+374 99 001-122", "0037499001122", "099001122", "(099) 00 11 22"]
)
async def test_ones_own_number_gives_level_2_however_it_is_written(store, ani, talk, written):
    who = await share(store, talk, written)
    assert who.id == ani.id
    assert await level(store, talk) == 2
    async with store.read() as session:
        (grant,) = await session.scalars(select(Assurance))
        assert (grant.conversation_id, grant.customer_id, grant.method) == (
            talk.id,
            ani.id,
            "telegram_contact",
        )
        assert (await session.get_one(ChannelIdentity, talk.identity_id)).customer_id == ani.id
        on_file = await session.scalar(select(Contact).where(Contact.value == PHONE))
        assert on_file.confirmed_at


async def test_the_contact_of_somebody_else_gives_nothing(store, talk):
    assert await share(store, talk, own=False) is None
    assert await level(store, talk) == 0


@pytest.mark.parametrize("phone", ["+37499001123", "not a number", "", "ani@example.com"])
async def test_a_number_that_nobody_has_gives_nothing(store, talk, phone):
    assert await share(store, talk, phone) is None
    assert await level(store, talk) == 0


async def test_a_number_of_two_customers_shows_neither(store, talk):
    async with store.write() as session:
        await add_phone(session, await people.john(session), PHONE)
    assert await share(store, talk) is None
    assert await level(store, talk) == 0
    async with store.read() as session:
        assert (await session.get_one(ChannelIdentity, talk.identity_id)).customer_id is None


LOCAL, OTHER_COUNTRY = "099001122", "+995099001122"
"""Without a country code it may be PHONE or this one."""


async def test_a_number_without_country_that_may_be_two_peoples_shows_neither(store, talk):
    async with store.write() as session:
        await add_phone(session, await people.john(session), OTHER_COUNTRY)
    assert await share(store, talk, LOCAL) is None


async def test_a_number_that_may_be_two_of_one_customer_is_theirs(store, ani, talk):
    async with store.write() as session:
        await add_phone(session, ani, OTHER_COUNTRY)
    assert (await share(store, talk, LOCAL)).id == ani.id


async def test_the_sixth_wrong_contact_is_refused_and_so_is_the_right_one_then(store, talk, move_clock):
    for _ in range(5):
        assert await share(store, talk, "+37499001123") is None
    assert await share(store, talk, "+37499001123") is TooManyTries
    assert await share(store, talk) is TooManyTries
    assert await level(store, talk) == 0
    move_clock(timedelta(hours=1))
    assert await share(store, talk)


async def test_another_conversation_does_not_reset_the_count_of_a_number(store, ani):
    said = [await share(store, await begin(store, f"a{n}"), own=False, source=f"{n}") for n in range(6)]
    assert said == [None] * 5 + [TooManyTries]


async def test_a_right_contact_does_not_count(store, talk):
    for _ in range(8):
        assert await share(store, talk)
    assert await share(store, talk, "+37499001123") is None


async def test_wrong_contacts_at_once_are_counted_one_by_one(store, talk):
    said = await asyncio.gather(*(share(store, talk, "+37499001123") for _ in range(12)))
    assert said.count(None) == 5 and said.count(TooManyTries) == 7
