"""The three shoppers to try have what they are there for."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from barev import clock
from crm_store import loyalty, orders
from crm_store.models import Contact, Customer, Order
from tests.crm_store.demo.reading import SCRIPTS, SHOPPERS


@pytest.mark.parametrize("email", SHOPPERS)
async def test_each_shopper_has_an_order_on_the_way_one_delivered_one_late_and_points_that_end_soon(
    store, email
):
    async with store.read() as session:
        customer = await session.scalar(select(Customer).join(Contact).where(Contact.value == email))
        theirs = (await session.scalars(select(Order).where(Order.customer_id == customer.id))).all()
        ending = await loyalty.expiring(session, customer, within_days=30)
        points = await loyalty.balance(session, customer)
    now = clock.now()
    assert re.search(SCRIPTS[SHOPPERS[email]], customer.name) and customer.language == SHOPPERS[email]
    assert [order.promised_at > now for order in theirs if order.status == "in_transit"] == [True]
    assert [order.status for order in theirs if order.promised_at < now and order.status not in orders.FINAL]
    assert [order for order in theirs if order.status == "delivered"]
    assert sum(end.points for end in ending) >= 200 and now + timedelta(days=7) < ending[0].at
    assert points.available > 500 and points.pending > 0
    assert all((order.email, order.phone is None) == (email, False) for order in theirs)
