"""The shop as a whole: complete, the same every time, described without a change, and alive."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from barev import clock
from crm_store import conversations, demo, loyalty, orders, shop
from crm_store.models import Customer, Order, Product, Shop
from tests.crm_store.demo.reading import PASSWORDS, SHOPPERS, everything

SOLD = {"number": "BR-1", "status": "unfulfilled", "total": 0, "address": "Yerevan"}


async def test_the_same_seed_makes_the_same_shop_on_every_database(store, again):
    second = again.open()
    assert await everything(store) == await everything(second)
    await second.close()


async def test_the_shop_is_tatev_and_tamar_with_500_customers_200_products_and_3000_orders(store, filled):
    async with store.read() as session:
        shop = await session.get_one(Shop, 1)
        counted = {
            model.__tablename__: await session.scalar(select(func.count()).select_from(model))
            for model in (Customer, Product, Order)
        }
    assert (shop.name, shop.currency, shop.time_zone) == ("Tatev & Tamar", "AMD", "Asia/Yerevan")
    assert (shop.languages, shop.default_language, shop.is_demo) == (["hy", "en", "ka"], "hy", True)
    assert counted == {"customers": 500, "products": 200, "orders": 3000}
    assert counted.items() <= filled[1].rows.items()


async def test_describing_tells_what_to_try_and_changes_nothing(store):
    before = await everything(store)
    told = await demo.describe(store, PASSWORDS)
    assert await everything(store) == before
    assert {shopper["email"]: shopper["language"] for shopper in told["shoppers"]} == SHOPPERS
    for shopper in told["shoppers"]:
        assert set(shopper) == {"name", "language", "email", "phone", "points", "orders"}
        assert shopper["phone"].startswith("+") and shopper["points"] > 500
        assert {"in_transit", "delivered"} < {order["status"] for order in shopper["orders"]}
    assert told["staff"][0] == {
        "email": "lusine@tatev-tamar.example.com",
        "password": "known from before",
    } | {"role": "agent"}
    assert [member["password"] for member in told["staff"][1:]] == [None] * 3


async def test_a_store_that_is_not_empty_is_not_filled(store):
    before = await everything(store)
    assert await demo.is_filled(store)
    with pytest.raises(demo.NotEmpty):
        await demo.fill(store)
    assert await everything(store) == before


async def test_the_shop_goes_on_after_the_filling(nowhere):
    nowhere.add(Customer(name="Anna", language="en", created_at=clock.now()))
    nowhere.add(Order(**SOLD, customer_id=1, placed_at=clock.now()))
    await nowhere.flush()
    ani = await nowhere.get_one(Customer, 1)
    await loyalty.redeem(nowhere, ani, 100, idempotency_key="a cup")
    assert await loyalty.verify(nowhere, customer=ani) == []


async def test_an_order_of_the_demo_is_found_by_its_number_and_contact(nowhere):
    talk = await conversations.start(nowhere, channel="website", address="a browser", language="hy")
    await conversations.accept(nowhere, talk, text="?", external_id="1")
    order = await nowhere.scalar(
        select(Order).where(Order.email == "ani@example.am").order_by(Order.id.desc())
    )
    found = await orders.match(nowhere, talk, number=order.number, contact="Ani@example.am", source="test")
    assert found is order


async def test_the_demo_shop_tells_everything_a_shopper_asks_in_three_languages(store):
    async with store.read() as session:
        told = {topic: sorted(await shop.facts(session, topic)) for topic in shop.TOPICS}
        week = await shop.hours(session)
        closed = await shop.closed_days(session)
    assert told == {topic: ["en", "hy", "ka"] for topic in shop.TOPICS}
    assert [len(day) for day in week] == [1, 1, 1, 1, 1, 2, 0]
    assert closed and all(day >= clock.now().date() - timedelta(days=1) for day in closed)
    assert all(sorted(reason) == ["en", "hy", "ka"] for reason in closed.values())
