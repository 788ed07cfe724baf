"""What the shop tells: read strictly, saved at once, errors in the reader's language."""

from __future__ import annotations

import asyncio
import re
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


async def opened(owner: Seat, topic: str) -> str:
    """The version that the form of a topic carries."""
    form = (await (await owner.get("/owner/shop")).text()).partition(f"/owner/shop/facts/{topic}")[2]
    found = re.search(r'name="version" value="(\w+)"', form)
    assert found
    return found[1]


async def test_who_saves_over_somebody_elses_words_sees_both_first_and_loses_nothing(
    owner: Seat, store: Store
) -> None:
    first = {"en": "We deliver on Mondays.", "hy": "Երկուշաբթի։", "ka": "ორშაბათს."}
    both = await opened(owner, "shipping")  # two forms opened side by side
    assert (await owner.post("/owner/shop/facts/shipping", {**first, "version": both})).status == 303
    second = {**first, "en": "We deliver on Fridays.", "hy": "Ուրբաթ։"}
    refused = await owner.post("/owner/shop/facts/shipping", {**second, "version": both})
    text = await refused.text()
    assert refused.status == 409 and "changed this meanwhile" in text
    for words in (second["en"], first["en"], second["hy"], first["hy"]):
        assert words in text
    assert text.count("Saved meanwhile:") == 2  # where they differ
    async with store.read() as session:
        assert await shop.facts(session, "shipping") == first
        acts = list(await session.scalars(select(AuditRow.act)))
    assert acts.count("shop.fact") == 1
    now = re.search(r'facts/shipping".*?name="version" value="(\w+)"', text, re.S)
    assert (
        now and (await owner.post("/owner/shop/facts/shipping", {**second, "version": now[1]})).status == 303
    )
    async with store.read() as session:
        assert await shop.facts(session, "shipping") == second


async def test_of_two_who_save_at_once_one_is_told(owner: Seat, store: Store) -> None:
    version = await opened(owner, "returns")
    texts = [{"en": f"Version {n}", "hy": "", "ka": "", "version": version} for n in range(4)]
    saved = await asyncio.gather(*(owner.post("/owner/shop/facts/returns", text) for text in texts))
    assert sorted(answer.status for answer in saved) == [303, 409, 409, 409]


async def test_the_same_words_saved_twice_are_no_quarrel(owner: Seat, store: Store) -> None:
    texts = {"en": "Fourteen days.", "hy": "", "ka": "", "version": await opened(owner, "returns")}
    for _ in range(2):
        assert (await owner.post("/owner/shop/facts/returns", texts)).status == 303


async def test_a_fact_is_told_at_once_and_who_changed_it_is_written_down(owner: Seat, store: Store) -> None:
    texts = {"en": "We deliver on Mondays.", "hy": "Առաքում ենք երկուշաբթի։", "ka": ""}
    form = {**texts, "version": await opened(owner, "shipping")}
    saved = await owner.post("/owner/shop/facts/shipping", form)
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
