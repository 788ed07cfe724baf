"""A refunded order gives back what it earned, once, and never more than there is."""

from datetime import timedelta

import pytest

from barev import clock
from crm_store import loyalty
from crm_store.errors import AlreadyResolved, RequestConflict
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")


@pytest.fixture
async def ani(do, programme):
    return await do(people.ani)


@pytest.fixture
async def order(do, ani):
    """An order whose 250 points still wait."""
    bought = await do(people.order, ani)
    await do(loyalty.earn_pending, ani, bought, points=250)
    return bought


@pytest.fixture
async def earned(do, ask, order):
    """The same when they have been confirmed."""
    await do(loyalty.confirm, await ask(loyalty.pending_of, order))
    return order


async def test_what_waits_is_cancelled(do, ask, ani, order):
    row = await do(loyalty.claw_back, order)
    assert (row.points, row.pending) == (0, -250)
    assert await ask(loyalty.balance, ani) == loyalty.Balance()
    with pytest.raises(AlreadyResolved):
        await do(loyalty.confirm, await ask(loyalty.pending_of, order))


async def test_what_was_earned_is_taken_back(do, ask, ani, earned):
    await do(loyalty.opening, ani, 40)
    assert (await do(loyalty.claw_back, earned)).points == -250
    assert (await ask(loyalty.balance, ani)).available == 40


async def test_it_is_taken_back_once(do, ask, ani, earned):
    await do(loyalty.opening, ani, 400)
    first = await do(loyalty.claw_back, earned)
    assert (await do(loyalty.claw_back, earned)).id == first.id
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_a_balance_never_goes_below_zero(do, ask, ani, earned):
    await do(loyalty.redeem, ani, 200, idempotency_key="k")
    assert (await do(loyalty.claw_back, earned)).points == -50
    assert await ask(loyalty.balance, ani) == loyalty.Balance()


async def test_what_could_not_be_taken_is_not_taken_from_later_points(do, ask, ani, earned):
    await do(loyalty.redeem, ani, 250, idempotency_key="k")
    first = await do(loyalty.claw_back, earned)
    assert first.points == 0
    await do(loyalty.opening, ani, 400)
    assert (await do(loyalty.claw_back, earned)).id == first.id
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_points_set_aside_are_not_touched(do, ask, ani, earned):
    await do(loyalty.hold, ani, 100, idempotency_key="k")
    await do(loyalty.claw_back, earned)
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.held) == (0, 100)


async def test_its_own_points_are_taken_before_others_that_end_sooner(do, ask, ani, earned):
    soon = clock.now() + timedelta(days=3)
    await do(loyalty.opening, ani, 60, expires_at=soon)
    await do(loyalty.claw_back, earned, points=240, idempotency_key="a part")
    ends = (await ask(loyalty.balance, ani)).expiring
    assert [end.points for end in ends] == [60, 10]


async def test_what_expired_of_an_order_is_not_taken_a_second_time(do, ask, ani, earned, move_clock):
    await do(loyalty.opening, ani, 400)
    move_clock(timedelta(days=366))
    assert (await do(loyalty.claw_back, earned)).points == 0
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_an_order_that_earned_nothing_gives_nothing_back(do, ask, ani):
    await do(loyalty.opening, ani, 400)
    assert await do(loyalty.claw_back, await do(people.order, ani)) is None
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_an_order_whose_points_were_cancelled_gives_nothing_back(do, ask, ani, order):
    await do(loyalty.opening, ani, 400)
    await do(loyalty.cancel, await ask(loyalty.pending_of, order))
    assert await do(loyalty.claw_back, order) is None
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_for_a_refunded_part_a_part_is_taken_back(do, ask, ani, earned):
    for _ in range(2):
        await do(loyalty.claw_back, earned, points=100, idempotency_key="first refund")
    assert (await ask(loyalty.balance, ani)).available == 150
    await do(loyalty.claw_back, earned, points=200, idempotency_key="second refund")
    assert (await ask(loyalty.balance, ani)).available == 0


async def test_all_parts_together_are_no_more_than_the_order_earned(do, ask, ani, earned):
    await do(loyalty.opening, ani, 400)
    for refund in ("first", "second", "third"):
        await do(loyalty.claw_back, earned, points=100, idempotency_key=refund)
    await do(loyalty.claw_back, earned)
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_a_refunded_part_of_what_waits_leaves_the_rest_waiting(do, ask, ani, order):
    await do(loyalty.claw_back, order, points=100, idempotency_key="first refund")
    assert await ask(loyalty.balance, ani) == loyalty.Balance(pending=150)
    await do(loyalty.confirm, await ask(loyalty.pending_of, order))
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.pending) == (150, 0)


async def test_the_same_refund_for_another_amount_is_a_conflict(do, earned):
    await do(loyalty.claw_back, earned, points=100, idempotency_key="first refund")
    with pytest.raises(RequestConflict):
        await do(loyalty.claw_back, earned, points=101, idempotency_key="first refund")


async def test_a_part_needs_a_key_of_its_own(do, earned):
    with pytest.raises(ValueError, match="key"):
        await do(loyalty.claw_back, earned, points=100)


async def test_other_orders_keep_what_they_earned(do, ask, ani, earned):
    other = await do(people.order, ani)
    await do(loyalty.earn_pending, ani, other, points=90)
    await do(loyalty.claw_back, earned)
    assert await ask(loyalty.balance, ani) == loyalty.Balance(pending=90)
