"""What the shop tells: read strictly, saved at once, errors in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from barev import clock
from bot.owner.facts import plain, read_week
from crm_store import shop
from crm_store.db import Store
from crm_store.models import AuditRow
from tests.bot.sign_in.hands import Seat

CLOSED = [""] * 6


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("10:00-19:00", [("10:00", "19:00")]),
        (" 9.30 – 14:00 ; 15:00—19:00,", [("09:30", "14:00"), ("15:00", "19:00")]),
        ("18:00-02:00", [("18:00", "02:00")]),
        ("00:00-24:00", [("00:00", "00:00")]),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, read: list[shop.Interval]) -> None:
    assert read_week([typed, *CLOSED]) == ([read, *([] for _ in CLOSED)], {})


@pytest.mark.parametrize(
    "typed", ["ten to seven", "10-19", "25:00-26:00", "10:00-19:60", "10:00", "10:00-19:00 x"]
)
def test_what_is_no_time_is_said_of_its_day(typed: str) -> None:
    assert read_week([typed, *CLOSED])[1] == {"day0": "no_hours"}


@pytest.mark.parametrize(
    "week", [["10:00-14:00, 13:00-15:00", *CLOSED], ["20:00-03:00", "02:00-04:00", *CLOSED[1:]]]
)
def test_hours_that_overlap_are_refused(week: list[str]) -> None:
    assert read_week(week)[1] == {"hours": "overlap"}


def test_a_text_keeps_its_letters_and_loses_control_characters() -> None:
    assert plain(" Բարև\r\nձեզ\x00\x1b \r👩‍👧 ") == "Բարև\nձեզ\n👩‍👧"


async def test_a_fact_is_told_at_once_and_who_changed_it_is_written_down(owner: Seat, store: Store) -> None:
    texts = {"en": "We deliver on Mondays.", "hy": "Առաքում ենք երկուշաբթի։", "ka": ""}
    saved = await owner.post("/owner/shop/facts/shipping", texts)
    assert (saved.status, saved.headers["Location"]) == (303, "/owner/shop?saved=shipping#shipping")
    async with store.read() as session:
        assert await shop.facts(session, "shipping") == {name: text for name, text in texts.items() if text}
        last = await session.scalar(select(AuditRow).order_by(AuditRow.id.desc()).limit(1))
    assert last and (last.act, last.details) == ("shop.fact", {"what": "shipping"})
    assert "Saved" in await (await owner.get("/owner/shop?saved=shipping")).text()


async def test_a_text_that_is_too_long_stays_on_the_page_and_is_not_saved(owner: Seat, store: Store) -> None:
    await owner.post("/staff/language", {"language": "hy"})
    response = await owner.post("/owner/shop/facts/returns", {"en": "x" * 1501})
    text = await response.text()
    assert response.status == 422
    assert "Տեքստը չափազանց երկար է։" in text and "x" * 1501 in text
    async with store.read() as session:
        assert await shop.facts(session, "returns") == {}
    assert (await owner.post("/owner/shop/facts/passwords", {"en": "x"})).status == 404


async def test_hours_are_saved_whole_or_not_at_all(owner: Seat, store: Store) -> None:
    await owner.post("/owner/shop/hours", {"day0": "10:00-19:00", "day6": "11:00-14:00"})
    wrong = await owner.post("/owner/shop/hours", {"day0": "12:00-19:00", "day1": "later"})
    text = await wrong.text()
    assert wrong.status == 422 and 'value="later"' in text and 'aria-describedby="day1-wrong"' in text
    async with store.read() as session:
        week = await shop.hours(session)
    assert (week[0], week[6]) == ([("10:00", "19:00")], [("11:00", "14:00")])


async def test_a_day_is_closed_and_opened_again(owner: Seat, store: Store) -> None:
    day = clock.now().date() + timedelta(days=9)
    await owner.post("/owner/shop/closed-days", {"day": day.isoformat(), "reason_en": " Stock\n taking "})
    async with store.read() as session:
        assert await shop.closed_days(session) == {day: {"en": "Stock taking"}}
    await owner.post("/owner/shop/closed-days/remove", {"day": day.isoformat()})
    async with store.read() as session:
        assert await shop.closed_days(session) == {}


@pytest.mark.parametrize("day", ["", "soon", date(2020, 1, 1).isoformat()])
async def test_a_day_that_is_none_or_over_is_refused(owner: Seat, store: Store, day: str) -> None:
    assert (await owner.post("/owner/shop/closed-days", {"day": day})).status == 422
    async with store.read() as session:
        assert await shop.closed_days(session) == {}
