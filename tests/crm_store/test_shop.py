"""What the shop tells of itself, and when it is open: breaks, nights, holidays, the days on which clocks change."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from crm_store import shop
from crm_store.models import Shop

CLOSED: list[tuple[str, str]] = []
BUSY = [("10:00", "14:00"), ("15:00", "19:00")]
WEEK = [BUSY] * 5 + [[("12:00", "03:00")], CLOSED]
AROUND_THE_CLOCK = [[("00:00", "00:00")]] * 7


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
async def week(do, programme) -> None:
    """Yerevan is four hours ahead of UTC all year. Monday to Friday with a break, Saturday until three at night."""
    await do(shop.set_hours, WEEK)


async def move_to(store, zone: str) -> None:
    async with store.write() as session:
        (await session.get_one(Shop, 1)).time_zone = zone


async def test_a_fact_is_told_per_topic_and_language_and_changes_at_once(do, ask):
    await do(shop.set_fact, "payment", "en", "Cash only")
    await do(shop.set_fact, "payment", "hy", "Միայն կանխիկ")
    await do(shop.set_fact, "returns", "en", "Within 14 days")
    assert await ask(shop.facts, "payment") == {"en": "Cash only", "hy": "Միայն կանխիկ"}
    await do(shop.set_fact, "payment", "en", "  Cards too\n")
    await do(shop.set_fact, "payment", "hy", " ")
    assert await ask(shop.facts, "payment") == {"en": "Cards too"}
    assert await ask(shop.facts, "shipping") == {}


@pytest.mark.parametrize(("topic", "language"), [("weather", "en"), ("payment", "ru")])
async def test_a_fact_of_an_unknown_topic_or_language_is_refused(do, topic, language):
    with pytest.raises(ValueError):
        await do(shop.set_fact, topic, language, "text")


async def test_a_shop_that_has_told_no_hours_is_neither_open_nor_closed(ask, programme):
    assert await ask(shop.opening, at("2026-11-23T08:00")) == shop.Opening(known=False, is_open=False)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-11-23T06:00", "2026-11-23T10:00"),  # Monday, the very minute of opening
        ("2026-11-23T11:00", "2026-11-23T15:00"),  # after the break
        ("2026-11-28T19:59", "2026-11-28T23:00"),  # Saturday at midnight
        ("2026-11-28T22:59", "2026-11-28T23:00"),  # Sunday, a minute to three in the morning
    ],
)
async def test_it_is_open_until_its_interval_ends_also_past_midnight(ask, week, moment, closes):
    expected = shop.Opening(known=True, is_open=True, closes_at=at(closes))
    assert await ask(shop.opening, at(moment)) == expected


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T05:59", "2026-11-23T06:00"),  # Monday morning
        ("2026-11-23T10:00", "2026-11-23T11:00"),  # the break begins
        ("2026-11-23T15:00", "2026-11-24T06:00"),  # the evening
        ("2026-11-28T23:00", "2026-11-30T06:00"),  # Saturday's night is over, Sunday stays closed
    ],
)
async def test_while_closed_it_tells_the_next_opening(ask, week, moment, opens):
    expected = shop.Opening(known=True, is_open=False, opens_at=at(opens))
    assert await ask(shop.opening, at(moment)) == expected


async def test_on_a_closed_day_nothing_begins_but_the_night_before_goes_on(do, ask, week):
    await do(shop.close_day, date(2026, 11, 29), {"en": "Inventory"})
    await do(shop.close_day, date(2026, 11, 30), {"en": "Holiday"})
    await do(shop.close_day, date(2026, 11, 30), {"en": "Feast", "hy": "Տոն"})
    assert (await ask(shop.opening, at("2026-11-28T22:30"))).is_open
    assert (await ask(shop.opening, at("2026-11-30T08:00"))).opens_at == at("2026-12-01T06:00")
    assert await ask(shop.closed_days, since=date(2026, 11, 30)) == {
        date(2026, 11, 30): {"en": "Feast", "hy": "Տոն"}
    }
    await do(shop.reopen_day, date(2026, 11, 30))
    assert (await ask(shop.opening, at("2026-11-30T08:00"))).is_open


async def test_hours_follow_the_wall_clock_of_the_shops_zone_when_clocks_change(store, do, ask, programme):
    await move_to(store, "Europe/Berlin")
    await do(shop.set_hours, [[("01:00", "04:00"), ("10:00", "18:00")]] * 7)
    night = await ask(shop.opening, at("2026-03-29T00:30"))  # clocks jump from two to three
    assert night.closes_at == at("2026-03-29T02:00")
    before, after = (
        await ask(shop.opening, at("2026-03-28T09:30")),
        await ask(shop.opening, at("2026-03-29T08:30")),
    )
    assert (before.closes_at, after.closes_at) == (at("2026-03-28T17:00"), at("2026-03-29T16:00"))
    long_night = await ask(shop.opening, at("2026-10-24T23:30"))  # three o'clock comes twice
    assert long_night.closes_at == at("2026-10-25T03:00")


async def test_a_shop_open_around_the_clock_never_closes(do, ask, programme):
    await do(shop.set_hours, AROUND_THE_CLOCK)
    assert await ask(shop.opening, at("2026-11-23T20:00")) == shop.Opening(known=True, is_open=True)


async def test_intervals_that_touch_at_midnight_are_one(do, ask, programme):
    await do(shop.set_hours, [[("18:00", "00:00")], [("00:00", "02:00")], *[CLOSED] * 5])
    assert (await ask(shop.opening, at("2026-11-23T15:00"))).closes_at == at("2026-11-23T22:00")


async def test_a_shop_closed_for_long_knows_no_next_opening(do, ask, week):
    for number in range(120):
        await do(shop.close_day, date.fromordinal(date(2026, 11, 23).toordinal() + number), {})
    assert await ask(shop.opening, at("2026-11-23T08:00")) == shop.Opening(known=True, is_open=False)


@pytest.mark.parametrize(
    "wrong",
    [
        [[("9:00", "18:00")], *[CLOSED] * 6],
        [[("09:00", "24:30")], *[CLOSED] * 6],
        [[("09:00", "14:00"), ("13:00", "18:00")], *[CLOSED] * 6],
        [[("20:00", "03:00")], [("02:00", "05:00")], *[CLOSED] * 5],
        [[("02:00", "05:00")], *[CLOSED] * 5, [("20:00", "03:00")]],
        [CLOSED] * 6,
    ],
)
async def test_hours_that_cannot_be_are_refused_whole(store, do, week, wrong):
    with pytest.raises(ValueError):
        await do(shop.set_hours, wrong)
    async with store.read() as session:
        assert await shop.hours(session) == WEEK
        assert await session.scalar(select(Shop.id)) == 1
