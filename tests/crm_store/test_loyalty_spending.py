"""How points leave an account: spent, set aside, corrected; never more than there are, never twice."""

import asyncio

import pytest

from crm_store import loyalty
from crm_store.errors import AlreadyResolved, NotEnoughPoints, RequestConflict
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")


@pytest.fixture
async def ani(do, programme):
    """Ani with 300 points."""
    customer = await do(people.ani)
    await do(loyalty.earn, customer, 300, source="review", idempotency_key="start")
    return customer


async def test_spending_leaves_the_rest(do, ask, ani):
    await do(loyalty.redeem, ani, 200, idempotency_key="k")
    assert (await ask(loyalty.balance, ani)).available == 100


async def test_all_points_can_be_spent_and_no_more(do, ask, ani):
    with pytest.raises(NotEnoughPoints) as refused:
        await do(loyalty.redeem, ani, 301, idempotency_key="too many")
    assert (refused.value.balance, refused.value.wanted) == (300, 301)
    await do(loyalty.redeem, ani, 300, idempotency_key="all")
    with pytest.raises(NotEnoughPoints):
        await do(loyalty.redeem, ani, 1, idempotency_key="one more")
    assert (await ask(loyalty.balance, ani)).available == 0


async def test_a_refused_request_may_be_made_again_when_there_are_points(do, ask, ani):
    with pytest.raises(NotEnoughPoints):
        await do(loyalty.redeem, ani, 400, idempotency_key="k")
    await do(loyalty.earn, ani, 100, source="review", idempotency_key="more")
    await do(loyalty.redeem, ani, 400, idempotency_key="k")
    assert (await ask(loyalty.balance, ani)).available == 0


async def test_points_that_wait_cannot_be_spent(do, ani):
    await do(loyalty.earn_pending, ani, await do(people.order, ani), points=1000)
    with pytest.raises(NotEnoughPoints):
        await do(loyalty.redeem, ani, 301, idempotency_key="k")


async def test_the_same_request_twice_spends_once(do, ask, ani):
    first = await do(loyalty.redeem, ani, 200, idempotency_key="k")
    again = await do(loyalty.redeem, ani, 200, idempotency_key="k")
    assert (again.id, again.row_hash) == (first.id, first.row_hash)
    assert (await ask(loyalty.balance, ani)).available == 100


async def test_the_same_key_for_another_amount_spends_nothing(do, ask, ani):
    await do(loyalty.redeem, ani, 200, idempotency_key="k")
    for other in (loyalty.redeem, loyalty.hold):
        with pytest.raises(RequestConflict):
            await do(other, ani, 50, idempotency_key="k")
    assert (await ask(loyalty.balance, ani)).available == 100


async def test_a_write_that_fails_later_spends_nothing(do, ask, ani):
    async def redeem_and_crash(session):
        await loyalty.redeem(session, ani, 200, idempotency_key="k")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await do(redeem_and_crash)
    assert (await ask(loyalty.balance, ani)).available == 300


async def test_ten_of_forty_at_once_are_served_when_there_is_enough_for_ten(store, do, ask, ani):
    """From one process; tests/hammers has many."""

    async def spend(number: int) -> bool:
        try:
            await do(loyalty.redeem, ani, 30, idempotency_key=f"{number}")
        except NotEnoughPoints:
            return False
        return True

    served = await asyncio.gather(*(spend(number) for number in range(40)))
    assert sum(served) == 10
    assert (await ask(loyalty.balance, ani)).available == 0


async def test_what_is_set_aside_cannot_be_spent(do, ask, ani):
    await do(loyalty.hold, ani, 200, idempotency_key="k")
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.held) == (100, 200)
    with pytest.raises(NotEnoughPoints):
        await do(loyalty.redeem, ani, 101, idempotency_key="l")


async def test_a_captured_hold_is_spent(do, ask, ani):
    held = await do(loyalty.hold, ani, 200, idempotency_key="k")
    first = await do(loyalty.capture, held)
    assert (await do(loyalty.capture, held)).id == first.id
    with pytest.raises(AlreadyResolved):
        await do(loyalty.release, held)
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.held) == (100, 0)


async def test_a_released_hold_is_given_back(do, ask, ani):
    held = await do(loyalty.hold, ani, 200, idempotency_key="k")
    first = await do(loyalty.release, held)
    assert (await do(loyalty.release, held)).id == first.id
    with pytest.raises(AlreadyResolved):
        await do(loyalty.capture, held)
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.held) == (300, 0)


async def test_a_hold_ends_once_however_many_end_it(do, ask, ani):
    held = await do(loyalty.hold, ani, 200, idempotency_key="k")

    async def end(how) -> str:
        try:
            return (await do(how, held)).type
        except AlreadyResolved:
            return "too late"

    ended = await asyncio.gather(*(end(how) for how in (loyalty.capture, loyalty.release) * 8))
    assert sorted(map(ended.count, ended)) == [8] * 16
    assert "too late" in ended
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.held) in ((100, 0), (300, 0))


async def test_staff_can_correct_up_and_down_but_not_below_zero(do, ask, ani):
    mariam = await do(people.mariam)
    about = {"reason": "counted by hand", "staff": mariam}
    await do(loyalty.adjust, ani, -250, idempotency_key="down", **about)
    await do(loyalty.adjust, ani, 10, idempotency_key="up", **about)
    with pytest.raises(NotEnoughPoints):
        await do(loyalty.adjust, ani, -61, idempotency_key="too far down", **about)
    assert (await ask(loyalty.balance, ani)).available == 60


async def test_a_correction_needs_a_reason(do, ani):
    mariam = await do(people.mariam)
    with pytest.raises(ValueError, match="reason"):
        await do(loyalty.adjust, ani, 10, reason=" ", staff=mariam, idempotency_key="k")


async def test_nobody_elses_points_change(do, ask, ani):
    nino = await do(people.nino)
    await do(loyalty.opening, nino, 70)
    await do(loyalty.redeem, ani, 200, idempotency_key="k")
    assert (await ask(loyalty.balance, nino)).available == 70
