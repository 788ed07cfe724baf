"""An agent sees of a customer what the conversation has shown; more only with a reason, and on record."""

import pytest
from sqlalchemy import select

from crm_store import conversations, handoffs_customer, identity, loyalty
from crm_store.errors import NotFound
from crm_store.models import AuditRow, ChannelIdentity, Conversation, Customer, Order
from tests.crm_store import people


@pytest.fixture
async def ani(store, programme, noise) -> tuple[Customer, list[Order]]:
    """Two orders and 340 points."""
    async with store.write() as session:
        ani = await people.ani(session)
        orders = [await people.order(session, ani) for _ in range(2)]
        await loyalty.opening(session, ani, 340, expires_at=None)
    return ani, orders


@pytest.fixture
async def talk(store) -> Conversation:
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
        await conversations.accept(session, talk, text="բարև", external_id="1")
    return talk


def numbers(known):
    return {order.number for order in known.orders}


async def test_of_an_anonymous_visitor_nothing_is_known_and_nothing_hidden(ask, ani, talk):
    known = await ask(handoffs_customer.known, talk)
    assert (known.level, known.hidden, known.customer, known.points, numbers(known)) == (
        0,
        False,
        None,
        None,
        set(),
    )


async def test_at_level_1_the_matched_order_only(do, ask, ani, talk):
    customer, (one, _) = ani
    await do(identity.grant_order, talk, customer_id=customer.id, order_id=one.id)
    known = await ask(handoffs_customer.known, talk)
    assert (known.level, known.hidden, known.customer, known.points) == (1, True, None, None)
    assert numbers(known) == {one.number}


async def test_from_level_2_on_all_orders_and_the_points(do, ask, ani, talk):
    customer, orders = ani
    await do(identity.grant_customer, talk, customer_id=customer.id, method="code")
    known = await ask(handoffs_customer.known, talk)
    assert (known.level, known.hidden, known.customer.id, known.points) == (2, False, customer.id, 340)
    assert numbers(known) == {order.number for order in orders}


async def test_opened_anyway_everything_is_seen_and_one_audit_row_says_who_and_why(do, store, ani, talk):
    customer, (one, two) = ani
    await do(identity.grant_order, talk, customer_id=customer.id, order_id=one.id)
    async with store.write() as session:
        mariam = await people.mariam(session)
    known = await do(handoffs_customer.open_anyway, talk, mariam, reason="needed_to_answer")
    assert (known.level, known.points, numbers(known)) == (1, 340, {one.number, two.number})
    async with store.read() as session:
        (row,) = (await session.scalars(select(AuditRow).where(AuditRow.act == "customer.open"))).all()
    assert (row.staff_id, row.subject) == (mariam.id, customer.public_id)
    assert row.details == {"conversation": talk.public_id, "reason": "needed_to_answer"}


async def test_a_linked_telegram_visitor_is_hidden_until_it_is_opened(do, ask, store, ani):
    async with store.write() as session:
        talk = await conversations.start(session, channel="telegram", address="55", language="hy")
        await conversations.accept(session, talk, text="բարև", external_id="1")
        (await session.get_one(ChannelIdentity, talk.identity_id)).customer_id = ani[0].id
        mariam = await people.mariam(session)
    known = await ask(handoffs_customer.known, talk)
    assert (known.hidden, known.customer, numbers(known)) == (True, None, set())
    assert (await do(handoffs_customer.open_anyway, talk, mariam, reason="suspected_misuse")).points == 340


async def test_without_anybody_known_or_a_good_reason_nothing_is_opened_and_nothing_written(
    do, store, ani, talk
):
    async with store.write() as session:
        mariam = await people.mariam(session)
    with pytest.raises(NotFound):
        await do(handoffs_customer.open_anyway, talk, mariam, reason="needed_to_answer")
    with pytest.raises(ValueError):
        await do(handoffs_customer.open_anyway, talk, mariam, reason="curious")
    async with store.read() as session:
        assert (await session.scalars(select(AuditRow).where(AuditRow.act == "customer.open"))).all() == []
