"""What a customer is told about points can be explained row by row."""

from datetime import timedelta

import pytest

from barev import clock
from crm_store import loyalty
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")
DAY = timedelta(days=1)


@pytest.fixture
async def ani(do, programme):
    return await do(people.ani)


async def test_the_balance_tells_apart_what_can_be_spent_what_waits_and_what_is_set_aside(do, ask, ani):
    end = clock.now() + 30 * DAY
    await do(loyalty.opening, ani, 100, expires_at=end)
    await do(loyalty.opening, ani, 50, idempotency_key="endless")
    await do(loyalty.earn_pending, ani, await do(people.order, ani), points=25)
    await do(loyalty.hold, ani, 10, idempotency_key="k")
    expected = loyalty.Balance(available=140, pending=25, held=10, expiring=(loyalty.Expiring(end, 90),))
    assert await ask(loyalty.balance, ani) == expected


async def test_the_ends_come_soonest_first_and_lots_with_the_same_end_together(do, ask, ani):
    soon, late = clock.now() + 10 * DAY, clock.now() + 20 * DAY
    for number, (points, end) in enumerate([(1, late), (2, soon), (3, late), (4, soon), (5, None)]):
        await do(loyalty.opening, ani, points, expires_at=end, idempotency_key=f"{number}")
    assert (await ask(loyalty.balance, ani)).expiring == (
        loyalty.Expiring(soon, 6),
        loyalty.Expiring(late, 4),
    )


async def test_what_ends_within_some_days_can_be_asked_for(do, ask, ani):
    for days in (10, 31):
        await do(loyalty.opening, ani, days, expires_at=clock.now() + days * DAY, idempotency_key=f"{days}")
    assert [end.points for end in await ask(loyalty.expiring, ani, within_days=30)] == [10]


async def test_the_history_is_the_customers_own_newest_first_and_read_in_pages(do, ask, ani):
    for number in range(1, 6):
        await do(loyalty.earn, ani, number, source="review", idempotency_key=f"{number}")
    first = await ask(loyalty.history, ani, limit=2)
    rest = await ask(loyalty.history, ani, before=first[-1].number)
    assert [row.points for row in first] == [5, 4]
    assert [row.points for row in rest] == [3, 2, 1]


async def test_the_balance_is_the_sum_of_the_history(do, ask, ani):
    held = [await do(loyalty.opening, ani, 100), await do(loyalty.hold, ani, 30, idempotency_key="k")][1]
    await do(loyalty.redeem, ani, 20, idempotency_key="l")
    await do(loyalty.capture, held)
    rows = await ask(loyalty.history, ani)
    now = await ask(loyalty.balance, ani)
    assert (
        (now.available, now.held)
        == (sum(row.points for row in rows), sum(row.held for row in rows))
        == (50, 0)
    )


async def test_an_orders_points_are_due_the_programmes_days_after_delivery(do, ask, ani, move_clock):
    bought = await do(people.order, ani, delivered_days_ago=0)
    pending = await do(loyalty.earn_pending, ani, bought, points=25)
    move_clock(13 * DAY)
    assert pending.id not in [row.id for row in await ask(loyalty.pending_that_is_due)]
    move_clock(14 * DAY)
    assert pending.id in [row.id for row in await ask(loyalty.pending_that_is_due)]
    await do(loyalty.confirm, pending)
    assert pending.id not in [row.id for row in await ask(loyalty.pending_that_is_due)]


async def test_what_was_not_delivered_is_not_due(do, ask, ani, move_clock):
    pending = await do(loyalty.earn_pending, ani, await do(people.order, ani), points=25)
    move_clock(100 * DAY)
    assert pending.id not in [row.id for row in await ask(loyalty.pending_that_is_due)]


async def test_customers_are_found_when_something_of_theirs_is_over(do, ask, ani, move_clock):
    await do(loyalty.opening, ani, 10, expires_at=clock.now() + 30 * DAY)
    nino = await do(people.nino)
    await do(loyalty.opening, nino, 10, expires_at=clock.now() + 30 * DAY)
    await do(loyalty.redeem, nino, 10, idempotency_key="all of it")
    assert ani.id not in await who_is_due(ask)
    move_clock(31 * DAY)
    assert {ani.id, nino.id} & await who_is_due(ask) == {ani.id}
    await do(loyalty.post_due_expiries, ani)
    assert ani.id not in await who_is_due(ask)


async def who_is_due(ask) -> set[int]:
    return {customer.id for customer in await ask(loyalty.customers_with_due_expiries)}
