"""What an agent sees of a customer: as far as the level allows, the rest on record, and no longer than they have it."""

import pytest
from sqlalchemy import delete, select

from crm_store import handoffs, identity
from crm_store.models import Assurance, AuditRow, Conversation
from tests.bot.desk.test_authorization import answer
from tests.crm_store import people


async def with_one_of_two_orders_shown(waiting, store):
    """A shopper who has shown one of their two orders: who waits, the customer, and the orders."""
    shopper = await waiting()
    async with store.write() as session:
        await people.shop(session)
        ani = await people.ani(session)
        orders = [await people.order(session, ani) for _ in range(2)]
        row = await session.get_one(Conversation, shopper.row_id)
        await identity.grant_order(session, row, customer_id=ani.id, order_id=orders[0].id)
    return shopper, ani, orders


async def test_below_level_2_the_customer_is_hidden_until_it_is_opened_on_record(agents, waiting, store):
    shopper, ani, orders = await with_one_of_two_orders_shown(waiting, store)
    async with store.write() as session:
        row = await session.get_one(Conversation, shopper.row_id)
        handoff = await handoffs.open_one(session, row)  # asked at level 2, which has ended since
        stood = [{"number": order.number, "status": "processing"} for order in orders]
        handoff.packet = {**handoff.packet, "orders": stood, "points": 240}
    mariam = await agents(language="hy")
    desk = await mariam.desk()
    whole = await desk.ask("open", shopper.id, "conversation")
    card, packet = whole["card"], whole["packet"]
    assert ([order["number"] for order in packet["orders"]], packet["points"]) == ([orders[0].number], None)
    async with store.write() as session:
        row = await session.get_one(Conversation, shopper.row_id)
        await identity.grant_customer(session, row, customer_id=ani.id, method="code")
    known = (await (await mariam.desk()).ask("open", shopper.id, "conversation"))["packet"]
    assert len(known["orders"]) == 2 and "240" in known["points"]
    async with store.write() as session:
        row = await session.get_one(Conversation, shopper.row_id)
        await session.execute(delete(Assurance).where(Assurance.level == 2))
    assert (card["level"], card["hidden"], card["name"], card["points"]) == (1, True, None, None)
    assert [set(order) for order in card["orders"]] == [{"number", "status", "placed"}]
    await desk.take(shopper.id)
    opened = (await desk.ask("reveal", shopper.id, "card", reason="needed_to_answer"))["card"]
    assert (opened["hidden"], opened["name"], len(opened["orders"])) == (False, "Ani", 2)
    assert opened["orders"][0]["address"] == "Abovyan 1, Yerevan" and "֏" in opened["orders"][0]["total"]
    async with store.read() as session:
        (row,) = (await session.scalars(select(AuditRow).where(AuditRow.act == "customer.open"))).all()
    assert (row.staff_id, row.details["reason"]) == (mariam.person.id, "needed_to_answer")


@pytest.mark.parametrize("how", ["given back", "given back by a lead", "resolved"])
async def test_an_opened_customer_is_closed_on_the_screen_when_the_conversation_goes_on_without_them(
    agents, waiting, store, how
):
    shopper, *_ = await with_one_of_two_orders_shown(waiting, store)
    desk = await (await agents("Mariam")).desk()
    await desk.take(shopper.id)
    opened = (await desk.ask("reveal", shopper.id, "card", reason="needed_to_answer"))["card"]
    assert opened["name"] == "Ani"
    if how == "given back by a lead":
        await (await (await agents("Vahan", role="lead")).desk()).send("give_back", shopper.id)
    else:
        await desk.send("resolve" if how == "resolved" else "give_back", shopper.id)
    assert (await desk.next("card"))["card"] is None
    if how == "resolved":
        assert await desk.silent("card")
    else:
        closed = (await desk.next("card"))["card"]
        assert (closed["hidden"], closed["name"], len(closed["orders"])) == (True, None, 1)
        assert (await answer(desk, "reveal", shopper.id)) == "not_yours"
