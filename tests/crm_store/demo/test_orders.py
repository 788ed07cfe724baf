"""Products and orders that could have happened."""

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from barev import clock
from crm_store.models import Order, OrderChange, OrderLine, Product
from crm_store.models.orders import ORDER_STATUSES
from tests.crm_store.demo.reading import SCRIPTS, all_of


async def test_products_have_a_title_in_each_language_and_script(store):
    products = await all_of(store, Product)
    for product in products:
        assert set(product.titles) == {"en", "hy", "ka"}
        for language, letters in SCRIPTS.items():
            assert re.search(letters, product.titles[language])
    for language in SCRIPTS:
        assert len({product.titles[language] for product in products}) == 200


async def test_every_history_begins_when_placed_and_ends_with_the_status_of_its_order(store):
    histories: dict[int, list[OrderChange]] = {}
    for change in await all_of(store, OrderChange):
        histories.setdefault(change.order_id, []).append(change)
    for order in await all_of(store, Order):
        history = histories[order.id]
        times = [change.at for change in history]
        assert (history[0].status, history[0].at) == ("unfulfilled", order.placed_at)
        assert history[-1].status == order.status
        assert times == sorted(set(times)) and times[-1] < clock.now()
        reached = {change.status: change.at for change in history}
        assert order.delivered_at == reached.get("delivered")
        assert (order.tracking_number is not None) == ("in_transit" in reached)
        if order.tracking_url:
            assert order.tracking_url.startswith("https://example.com/") and order.carrier


async def test_orders_stand_in_all_statuses_and_go_back_eighteen_months(store):
    found = await all_of(store, Order)
    standing = Counter(order.status for order in found)
    assert set(standing) == set(ORDER_STATUSES) and min(standing.values()) >= 3
    assert timedelta(days=520) < clock.now() - min(order.placed_at for order in found) < timedelta(days=560)


async def test_some_orders_came_late_and_most_did_not(store):
    delivered = [order for order in await all_of(store, Order) if order.delivered_at]
    late = sum(order.delivered_at > order.promised_at for order in delivered)
    assert 0.03 < late / len(delivered) < 0.15
    assert all(order.promised_at > order.placed_at for order in await all_of(store, Order))


async def test_orders_cost_what_their_lines_cost(store):
    sums: Counter[int] = Counter()
    for line in await all_of(store, OrderLine):
        sums[line.order_id] += line.quantity * line.unit_price
        assert line.unit_price % 10_000 == 0  # whole hundreds of drams, in minor units
    assert all(sums[order.id] == order.total > 0 for order in await all_of(store, Order))


async def test_order_numbers_tell_nothing_about_each_other(store):
    numbers = [order.number for order in await all_of(store, Order)]
    assert all(re.fullmatch(r"BR-[1-9]\d{5}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    rising = sum(one < another for one, another in pairwise(numbers))
    assert 0.45 < rising / len(numbers) < 0.55
