"""Who is meant by the contact a code is asked for, and how often one may ask; nobody learns who is a customer."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from barev import clock
from crm_store import identity, identity_codes, orders
from crm_store.errors import TooManyTries
from crm_store.models import CodeChallenge, Conversation
from tests.crm_store import people
from tests.crm_store.codes import ask, confirm, talk_of


@pytest.fixture
async def ani(store, noise):
    async with store.write() as session:
        await people.nino(session)
        return await people.ani(session)


@pytest.fixture
async def talk(store, ani) -> Conversation:
    return await talk_of(store, "ani")


@pytest.fixture
async def brother(store, ani):
    """He shares Ani's address, and was a customer later."""
    async with store.write() as session:
        return await people.person(
            session, "Aram", language="hy", email="ani@example.com", phone="+37400000004"
        )


async def match(store, talk, order):
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await orders.match(
            session, row, number=order.number, contact="ani@example.com", source=talk.public_id
        )


async def confirmed(store, talk) -> int | None:
    async with store.read() as session:
        row = await session.get_one(Conversation, talk.id)
        customer = await identity.confirmed_customer(session, row)
        return customer.id if customer else None


async def test_of_several_customers_with_one_address_nobody_is_guessed(store, talk, brother):
    code = await ask(store, talk)
    async with store.read() as session:
        challenge = (await session.scalars(select(CodeChallenge))).one()
    assert challenge.ambiguous and challenge.contact_id is not None  # the address is told what to do
    judged = await confirm(store, talk, code)
    assert (judged.verdict, judged.is_the_code, judged.tries_left) == ("wrong", False, 4)
    assert await confirmed(store, talk) is None


@pytest.mark.parametrize("whose", ["ani", "brother"])
async def test_the_one_is_meant_whose_order_was_matched_here(store, talk, ani, brother, whose):
    me, other = (ani, brother) if whose == "ani" else (brother, ani)
    async with store.write() as session:
        theirs, mine = [await people.order(session, customer) for customer in (other, me)]
    await match(store, await talk_of(store, "elsewhere"), theirs)
    await match(store, talk, mine)
    assert (await confirm(store, talk, await ask(store, talk))).verdict == "right"
    assert await confirmed(store, talk) == me.id


async def test_an_order_of_somebody_else_does_not_tell_whose_address_it_is(store, talk, ani, brother):
    async with store.write() as session:
        nino = await people.person(
            session, "Nino", language="ka", email="nino@example.com", phone="+37400000005"
        )
        order = await people.order(session, nino)
        row = await session.get_one(Conversation, talk.id)
        await identity.grant_order(session, row, customer_id=nino.id, order_id=order.id)
    assert (await confirm(store, talk, await ask(store, talk))).verdict == "wrong"


async def test_known_unknown_and_shared_addresses_cost_the_same_statements(store, ani):
    async with store.write() as session:
        for phone in ("+37400000004", "+37400000005"):
            await people.person(session, "Aram", language="hy", email="aram@example.com", phone=phone)
    asked = []
    event.listen(
        store.writer.sync_engine, "before_cursor_execute", lambda *call: asked.append(call[2].split(" ")[0])
    )
    costs = []
    for contact in ("ani@example.com", "nobody@example.com", "aram@example.com"):
        talk = await talk_of(store, contact)
        asked.clear()
        await ask(store, talk, contact)
        costs.append(list(asked))
    assert costs[0] and costs[0] == costs[1] == costs[2]


@pytest.mark.parametrize("contact", ["ani@example.com", "nobody@example.com"])
async def test_three_codes_an_hour_for_one_address_from_wherever(store, ani, contact):
    talks = [await talk_of(store, f"v{n}") for n in range(4)]
    for talk in talks[:3]:
        await ask(store, talk, contact)
    with pytest.raises(TooManyTries):
        await ask(store, talks[3], contact)
    await ask(store, talks[3], "nino@example.com")


async def test_three_codes_an_hour_and_ten_a_day_for_one_conversation(store, talk, move_clock):
    midnight = clock.now().replace(hour=0, minute=0, second=1) + timedelta(days=1)
    until_midnight = midnight - clock.now()
    got = []
    for hour in range(6):
        move_clock(until_midnight + timedelta(hours=hour))
        answers = [await asked_or_refused(store, talk, f"v{hour}{n}@example.com") for n in range(4)]
        got.append(answers.count("asked"))
    assert got == [3, 3, 3, 1, 0, 0]


async def asked_or_refused(store, talk, contact) -> str:
    """As an action does it: a refusal is committed too."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        try:
            await identity_codes.ask_code(session, row, contact=contact, wanted=None)
        except TooManyTries:
            return "refused"
    return "asked"


async def test_four_askings_at_once_get_three_codes(store, talk):
    answers = await asyncio.gather(*(ask(store, talk) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, str) for answer in answers) == 3
