"""How points are earned: once per order, waiting first, and never twice for one request."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from barev import clock
from crm_store import loyalty
from crm_store.errors import AlreadyResolved, NotFound, RequestConflict
from crm_store.models import PointsAccount, PointsRow, Programme
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")


@pytest.fixture
async def ani(do, programme):
    return await do(people.ani)


@pytest.fixture
async def order(do, ani):
    return await do(people.order, ani)


async def test_a_customer_has_one_account_made_on_first_use(do, ani):
    first = await do(loyalty.account_of, ani)
    assert (await do(loyalty.account_of, ani)).id == first.id


async def test_who_has_no_account_has_no_points(ask, store, ani):
    assert await ask(loyalty.balance, ani) == loyalty.Balance()
    async with store.read() as session:
        assert not await session.scalar(select(PointsAccount).where(PointsAccount.customer_id == ani.id))


@pytest.mark.parametrize("total, points", [(0, 0), (9_999, 0), (10_000, 1), (2_509_999, 250)])
async def test_an_order_earns_a_point_for_each_full_unit(programme, total, points):
    assert loyalty.points_for(total, programme) == points


async def test_a_programme_can_give_several_points_for_a_unit(programme):
    assert loyalty.points_for(2_509_999, Programme(minor_units_per_point=10_000, points_per_unit=3)) == 750


async def test_the_points_of_an_order_wait_before_they_can_be_spent(do, ask, ani, order):
    pending = await do(loyalty.earn_pending, ani, order, points=250)
    assert await ask(loyalty.balance, ani) == loyalty.Balance(pending=250)
    await do(loyalty.confirm, pending)
    now = await ask(loyalty.balance, ani)
    assert (now.available, now.pending) == (250, 0)


async def test_an_order_earns_points_only_once(do, ask, ani, order):
    first = await do(loyalty.earn_pending, ani, order, points=250)
    again = await do(loyalty.earn_pending, ani, order, points=250)
    assert (again.id, again.row_hash) == (first.id, first.row_hash)
    assert (await ask(loyalty.balance, ani)).pending == 250


async def test_an_order_does_not_earn_another_amount_later(do, ask, ani, order):
    await do(loyalty.earn_pending, ani, order, points=250)
    with pytest.raises(RequestConflict):
        await do(loyalty.earn_pending, ani, order, points=251)
    assert (await ask(loyalty.balance, ani)).pending == 250


async def test_an_order_does_not_earn_for_a_second_customer(do, ask, ani, order):
    await do(loyalty.earn_pending, ani, order, points=250)
    nino = await do(people.nino)
    with pytest.raises(IntegrityError):
        await do(loyalty.earn_pending, nino, order, points=250)
    assert await ask(loyalty.balance, nino) == loyalty.Balance()


async def test_an_order_does_not_earn_by_another_door(do, ani, order):
    with pytest.raises(ValueError, match="once"):
        await do(loyalty.earn, ani, 250, source="order", order=order, idempotency_key="x")


async def test_confirming_twice_gives_the_points_once(do, ask, ani, order):
    pending = await do(loyalty.earn_pending, ani, order, points=250)
    first = await do(loyalty.confirm, pending)
    assert (await do(loyalty.confirm, pending)).id == first.id
    assert (await ask(loyalty.balance, ani)).available == 250


async def test_what_was_cancelled_cannot_be_confirmed(do, ask, ani, order):
    pending = await do(loyalty.earn_pending, ani, order, points=250)
    first = await do(loyalty.cancel, pending)
    assert (await do(loyalty.cancel, pending)).id == first.id
    with pytest.raises(AlreadyResolved):
        await do(loyalty.confirm, pending)
    assert await ask(loyalty.balance, ani) == loyalty.Balance()


async def test_what_was_confirmed_cannot_be_cancelled(do, ask, ani, order):
    pending = await do(loyalty.earn_pending, ani, order, points=250)
    await do(loyalty.confirm, pending)
    with pytest.raises(AlreadyResolved):
        await do(loyalty.cancel, pending)
    assert (await ask(loyalty.balance, ani)).available == 250


async def test_only_a_pending_row_can_be_confirmed(do, ani):
    earned = await do(loyalty.earn, ani, 50, source="review", idempotency_key="review 1")
    with pytest.raises(ValueError, match="a pending row is needed"):
        await do(loyalty.confirm, earned)


async def test_the_same_request_twice_earns_once(do, ask, ani):
    first = await do(loyalty.earn, ani, 50, source="review", idempotency_key="review 1")
    again = await do(loyalty.earn, ani, 50, source="review", idempotency_key="review 1")
    assert (again.id, again.row_hash) == (first.id, first.row_hash)
    assert (await ask(loyalty.balance, ani)).available == 50


@pytest.mark.parametrize("points, source", [(51, "review"), (50, "birthday")])
async def test_a_key_stands_for_one_request_only(do, ask, ani, points, source):
    await do(loyalty.earn, ani, 50, source="review", idempotency_key="k")
    with pytest.raises(RequestConflict):
        await do(loyalty.earn, ani, points, source=source, idempotency_key="k")
    assert (await ask(loyalty.balance, ani)).available == 50


async def test_two_customers_may_use_the_same_key(do, ask, ani):
    nino = await do(people.nino)
    for customer in (ani, nino):
        await do(loyalty.earn, customer, 50, source="review", idempotency_key="k")
    assert [(await ask(loyalty.balance, customer)).available for customer in (ani, nino)] == [50, 50]


@pytest.mark.parametrize("points", [0, -1])
async def test_nothing_is_earned_by_no_points(do, ani, points):
    with pytest.raises(ValueError, match="points"):
        await do(loyalty.earn, ani, points, source="review", idempotency_key="k")


async def test_an_unknown_source_is_refused_by_the_database(do, ani):
    with pytest.raises(IntegrityError):
        await do(loyalty.earn, ani, 5, source="out of thin air", idempotency_key="k")


async def test_goodwill_says_why_and_by_whom(do, ask, ani):
    mariam = await do(people.mariam)
    row = await do(loyalty.goodwill, ani, 30, reason=" Late parcel ", staff=mariam, idempotency_key="g")
    assert (row.reason, row.staff_id, row.source) == ("Late parcel", mariam.id, "manual")
    with pytest.raises(ValueError, match="reason"):
        await do(loyalty.goodwill, ani, 30, reason="  ", idempotency_key="h")
    assert (await ask(loyalty.balance, ani)).available == 30


async def test_points_brought_along_keep_their_old_end(do, ask, ani):
    end = clock.now() + timedelta(days=30)
    await do(loyalty.opening, ani, 400, expires_at=end)
    assert (await ask(loyalty.balance, ani)).expiring == (loyalty.Expiring(end, 400),)


async def test_an_account_is_opened_once(do, ask, ani):
    await do(loyalty.opening, ani, 400)
    await do(loyalty.opening, ani, 400)
    with pytest.raises(RequestConflict):
        await do(loyalty.opening, ani, 500)
    assert (await ask(loyalty.balance, ani)).available == 400


async def test_without_a_programme_nothing_is_earned(do, store):
    nino = await do(people.nino)
    with pytest.raises(NotFound):
        await do(loyalty.earn, nino, 50, source="review", idempotency_key="k")


async def test_a_row_that_contradicts_its_type_is_refused_by_the_database(do, ani):
    async def contradiction(session):
        account = await loyalty.account_of(session, ani)
        row = PointsRow(account_id=account.id, number=1, type="redeem", points=10, source="reward")
        row.idempotency_key = row.request_hash = row.row_hash = "x"
        row.previous_hash, row.at = "", clock.now()
        session.add(row)
        await session.flush()

    with pytest.raises(IntegrityError, match="shape"):
        await do(contradiction)
