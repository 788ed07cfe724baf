"""A visitor who has shown to be a customer is linked: the shop reaches them there, and the link opens nothing."""

import asyncio
from datetime import timedelta

import pytest

from crm_store import conversations, feedback, identity, identity_codes, orders
from crm_store.models import ChannelIdentity, Conversation, Customer
from tests.crm_store import people

SECRET = "s" * 40


@pytest.fixture
async def ani(do, programme, noise) -> Customer:
    return await do(people.ani)


@pytest.fixture
async def nino(do, ani) -> Customer:
    return await do(people.nino)


async def greeted(session, address: str, channel: str = "website") -> Conversation:
    talk = await conversations.start(session, channel=channel, address=address, language="hy")
    message, _ = await conversations.accept(session, talk, text="բարև", external_id="1")
    await conversations.answer(session, talk, message, [conversations.Line("Բարև Ձեզ։", name="utter_greet")])
    return talk


async def linked_to(session, talk: Conversation) -> int | None:
    return (await session.get_one(ChannelIdentity, talk.identity_id)).customer_id


async def confirm_by_code(session, talk: Conversation, email: str, *, wrong: bool = False) -> str:
    challenge = await identity_codes.ask_code(session, talk, contact=email, wanted=None)
    digits = "abcdef" if wrong else identity_codes.code_of(challenge, SECRET)
    return (await identity_codes.confirm(session, talk, digits=digits, secret=SECRET)).verdict


async def test_a_right_code_links_the_visitor_and_nobody_else(do, ask, ani, nino):
    talk, other = await do(greeted, "ani"), await do(greeted, "other")
    assert await do(confirm_by_code, talk, "ani@example.com") == "right"
    assert [await ask(linked_to, it) for it in (talk, other)] == [ani.id, None]


async def test_neither_a_wrong_code_nor_a_matched_order_links(do, ask, ani):
    talk = await do(greeted, "ani")
    order = await do(people.order, ani)
    assert await do(confirm_by_code, talk, "ani@example.com", wrong=True) == "wrong"
    found = await do(orders.match, talk, number=order.number, contact="ani@example.com", source="s")
    assert found and await ask(linked_to, talk) is None


async def test_a_link_opens_nothing_at_a_later_visit(do, ask, ani, move_clock):
    talk = await do(greeted, "ani")
    await do(people.order, ani)
    await do(confirm_by_code, talk, "ani@example.com")
    assert await ask(identity.level, talk) == 2
    move_clock(timedelta(minutes=31))
    assert await ask(linked_to, talk) == ani.id
    assert await ask(identity.level, talk) == 0
    assert await ask(identity.confirmed_customer, talk) is None
    assert await ask(orders.shown, talk) == []


async def test_the_latest_proof_counts_and_the_same_one_again_keeps_its_time(do, ask, ani, nino, move_clock):
    talk = await do(greeted, "a shared browser")

    async def linked(session):
        visitor = await session.get_one(ChannelIdentity, talk.identity_id)
        return visitor.customer_id, visitor.linked_at

    await do(identity.link, talk, ani)
    first = await ask(linked)
    move_clock(timedelta(hours=1))
    await do(identity.link, talk, ani)
    assert await ask(linked) == first
    await do(identity.link, talk, nino)
    assert (await ask(linked))[0] == nino.id


async def test_a_customer_may_be_linked_in_several_places_and_at_once(do, ask, ani):
    talks = [await do(greeted, "ani"), await do(greeted, "77", "telegram")]
    await asyncio.gather(*(do(identity.link, talk, ani) for talk in talks * 8))
    assert [await ask(linked_to, talk) for talk in talks] == [ani.id, ani.id]


async def test_after_a_code_a_delivered_order_is_asked_about_where_the_customer_chats(
    do, ask, ani, move_clock
):
    await do(greeted, "a stranger")
    talk = await do(greeted, "ani")
    await do(confirm_by_code, talk, "ani@example.com")
    order = await do(people.order, ani, delivered_days_ago=0)
    await do(feedback.request_due, order)
    move_clock(timedelta(hours=4))
    (due,) = await do(feedback.due)
    assert (due.conversation.id, due.order.id) == (talk.id, order.id)
