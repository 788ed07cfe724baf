"""Lots expire on their day, whatever is left of them, and are spent soonest-expiring first."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from barev import clock
from crm_store import loyalty
from crm_store.errors import NotEnoughPoints
from crm_store.models import PointsAllocation, PointsRow
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")
DAY = timedelta(days=1)


@pytest.fixture
async def ani(do, programme):
    return await do(people.ani)


async def brought(do, customer, points: int, days: int | None) -> PointsRow:
    """A lot of so many points that ends in so many days."""
    end = None if days is None else clock.now() + days * DAY
    return await do(
        loyalty.opening, customer, points, expires_at=end, idempotency_key=f"{points} for {days} days"
    )


async def taken_by(store, row: PointsRow) -> dict[int, int]:
    async with store.read() as session:
        found = select(PointsAllocation.lot_id, PointsAllocation.points).where(
            PointsAllocation.row_id == row.id
        )
        return {lot: points for lot, points in await session.execute(found)}


async def test_the_lot_that_ends_first_is_spent_first_and_the_endless_one_last(store, do, ani):
    endless = await brought(do, ani, 10, None)
    late = await brought(do, ani, 20, 60)
    soon = await brought(do, ani, 30, 30)
    first = await do(loyalty.redeem, ani, 40, idempotency_key="first")
    assert await taken_by(store, first) == {soon.id: 30, late.id: 10}
    second = await do(loyalty.redeem, ani, 15, idempotency_key="second")
    assert await taken_by(store, second) == {late.id: 10, endless.id: 5}


async def test_of_two_lots_with_the_same_end_the_older_is_spent_first(store, do, ani):
    end = clock.now() + 30 * DAY
    older = await do(loyalty.opening, ani, 10, expires_at=end, idempotency_key="older")
    newer = await do(loyalty.opening, ani, 10, expires_at=end, idempotency_key="newer")
    spent = await do(loyalty.redeem, ani, 15, idempotency_key="k")
    assert await taken_by(store, spent) == {older.id: 10, newer.id: 5}


async def test_what_is_earned_ends_when_the_programme_says(do, ani, programme):
    row = await do(loyalty.earn, ani, 10, source="review", idempotency_key="k")
    assert row.lot_expires_at - row.at < timedelta(seconds=1) + programme.expiry_days * DAY
    assert row.lot_expires_at - row.at >= programme.expiry_days * DAY - timedelta(seconds=1)


async def test_the_days_of_a_waiting_point_count_from_its_confirmation(do, ani, programme, move_clock):
    pending = await do(loyalty.earn_pending, ani, await do(people.order, ani), points=10)
    move_clock(100 * DAY)
    confirmed = await do(loyalty.confirm, pending)
    assert confirmed.lot_expires_at > clock.now() + 364 * DAY


async def test_points_can_be_spent_until_their_end_and_not_after(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    move_clock(30 * DAY - timedelta(minutes=1))
    assert (await ask(loyalty.balance, ani)).available == 10
    move_clock(30 * DAY)
    assert await ask(loyalty.balance, ani) == loyalty.Balance()
    with pytest.raises(NotEnoughPoints) as refused:
        await do(loyalty.redeem, ani, 1, idempotency_key="k")
    assert refused.value.balance == 0


async def test_points_that_are_over_are_never_spent_instead_of_others(store, do, ani, move_clock):
    await brought(do, ani, 10, 30)
    alive = await brought(do, ani, 20, 60)
    move_clock(40 * DAY)
    spent = await do(loyalty.redeem, ani, 20, idempotency_key="k")
    assert await taken_by(store, spent) == {alive.id: 20}


async def test_only_what_is_left_of_a_lot_expires(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    await brought(do, ani, 20, None)
    await do(loyalty.redeem, ani, 4, idempotency_key="k")
    move_clock(31 * DAY)
    assert await do(loyalty.post_due_expiries, ani) == 6
    assert await do(loyalty.post_due_expiries, ani) == 0
    assert (await ask(loyalty.balance, ani)).available == 20


async def test_an_expiry_says_when_its_lot_ended(do, ask, ani, move_clock):
    lot = await brought(do, ani, 10, 30)
    move_clock(50 * DAY)
    await do(loyalty.post_due_expiries, ani)
    (expired, _) = await ask(loyalty.history, ani)
    assert (expired.type, expired.points, expired.lot_expires_at) == ("expire", -10, lot.lot_expires_at)


async def test_what_is_set_aside_does_not_expire(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    held = await do(loyalty.hold, ani, 7, idempotency_key="k")
    move_clock(31 * DAY)
    assert await do(loyalty.post_due_expiries, ani) == 3
    await do(loyalty.capture, held)
    assert await ask(loyalty.balance, ani) == loyalty.Balance()


async def test_a_hold_released_after_the_end_of_its_lot_expires_at_once(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    await brought(do, ani, 20, None)
    held = await do(loyalty.hold, ani, 15, idempotency_key="k")
    move_clock(31 * DAY)
    await do(loyalty.release, held)
    assert (await ask(loyalty.balance, ani)).available == 20
    assert [row.type for row in await ask(loyalty.history, ani, limit=2)] == ["expire", "release"]


async def test_a_lot_may_expire_in_parts(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    held = await do(loyalty.hold, ani, 7, idempotency_key="k")
    move_clock(31 * DAY)
    await do(loyalty.post_due_expiries, ani)
    await do(loyalty.release, held)
    expired = [row.points for row in await ask(loyalty.history, ani) if row.type == "expire"]
    assert expired == [-7, -3]
    assert (await ask(loyalty.balance, ani)).available == 0


async def test_a_released_hold_goes_back_to_the_lots_it_came_from(store, do, ani):
    soon = await brought(do, ani, 10, 30)
    late = await brought(do, ani, 20, 60)
    held = await do(loyalty.hold, ani, 15, idempotency_key="k")
    released = await do(loyalty.release, held)
    assert await taken_by(store, released) == {soon.id: -10, late.id: -5}
    again = await do(loyalty.redeem, ani, 12, idempotency_key="l")
    assert await taken_by(store, again) == {soon.id: 10, late.id: 2}


async def test_a_clock_that_jumps_back_does_not_revive_what_expired(do, ask, ani, move_clock):
    await brought(do, ani, 10, 30)
    move_clock(31 * DAY)
    await do(loyalty.post_due_expiries, ani)
    move_clock(0 * DAY)
    assert (await ask(loyalty.balance, ani)).available == 0
