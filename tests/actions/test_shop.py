"""What the shop tells of itself: the owner's words, the hours by days, and a person where nothing is told."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from barev import clock
from barev.wording import load_wording
from crm_store import shop
from crm_store.models import Shop

WORDING = load_wording(
    Path(__file__).resolve().parents[2] / "data" / "responses", time_zone=ZoneInfo("Asia/Yerevan")
)
WEEK = [[("10:00", "14:00"), ("15:00", "19:00")]] * 5 + [[("11:00", "00:00")], []]


@pytest.fixture
async def told(store) -> None:
    async with store.write() as session:
        session.add(
            Shop(
                name="Tatev & Tamar",
                currency="AMD",
                time_zone="Asia/Yerevan",
                languages=["hy"],
                default_language="hy",
                created_at=clock.now(),
            )
        )
        await session.flush()
        await shop.set_hours(session, WEEK)
        await shop.set_fact(session, "shipping", "en", "Two days, free from 15,000 ֏.")
        await shop.set_fact(session, "shipping", "hy", "Երկու օր։")
        await shop.set_fact(session, "contact", "en", "8 Abovyan St")


@pytest.fixture
def set_clock(move_clock):
    def set_to(text: str) -> None:
        move_clock(
            datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime.now(UTC) + timedelta(seconds=5)
        )

    return set_to


async def read(rasa, intent: str, language: str) -> str:
    _, result = await rasa.run("action_shop_fact", intent=intent)
    (response,) = result["responses"]
    return WORDING.text(response["response"], language, response)


async def test_a_topic_is_told_in_the_owners_words_in_the_readers_language(rasa, told):
    assert (await read(rasa, "ask_shipping_options", "hy")).startswith("Երկու օր։\n")
    assert (await read(rasa, "ask_shipping_options", "ka")).startswith("Two days, free from 15,000 ֏.\n")


@pytest.mark.parametrize("intent", ["ask_return_policy", "ask_payment_methods"])
async def test_a_topic_that_nothing_is_told_about_says_so_and_offers_a_person(rasa, told, intent):
    _, result = await rasa.run("action_shop_fact", intent=intent)
    (response,) = result["responses"]
    assert response["response"] == "utter_shop_fact_missing"
    assert [choice["intent"] for choice in response["choices"]] == ["ask_for_person"]


async def test_without_hours_a_person_is_offered(rasa):
    assert await rasa.said("action_shop_fact", intent="ask_opening_hours") == ["utter_shop_hours_missing"]


async def test_open_now_says_until_when_and_groups_equal_days(rasa, told, set_clock):
    set_clock("2026-11-23T08:00")
    assert await read(rasa, "ask_opening_hours", "en") == (
        "The shop is open now, until 14:00.\n"
        "Monday–Friday: 10:00–14:00 and 15:00–19:00\n"
        "Saturday: 11:00–24:00\n"
        "Sunday: closed\n"
        "8 Abovyan St"
    )


@pytest.mark.parametrize(
    ("now", "en", "hy"),
    [
        ("2026-11-23T10:30", "It opens next: today, 15:00", "Կբացվի՝ այսօր, ժամը 15:00"),
        ("2026-11-23T16:00", "It opens next: tomorrow, 10:00", "Կբացվի՝ վաղը, ժամը 10:00"),
        ("2026-11-28T21:00", "It opens next: tomorrow, 10:00", "Կբացվի՝ վաղը, ժամը 10:00"),
        ("2026-11-28T20:01", "It opens next: tomorrow, 10:00", "Կբացվի՝ վաղը, ժամը 10:00"),
    ],
)
async def test_closed_now_says_when_it_opens_next(rasa, told, set_clock, now, en, hy):
    set_clock(now)
    assert en in await read(rasa, "ask_opening_hours", "en")
    assert hy in await read(rasa, "ask_opening_hours", "hy")


async def test_closed_days_soon_are_told_with_their_reason_and_later_ones_not(rasa, store, told, set_clock):
    set_clock("2026-12-31T17:00")
    async with store.write() as session:
        await shop.close_day(session, date(2027, 1, 1), {"en": "New Year", "hy": "Ամանոր"})
        await shop.close_day(session, date(2027, 1, 2), {})
        await shop.close_day(session, date(2027, 1, 28), {"en": "Army Day"})
    text = await read(rasa, "ask_opening_hours", "en")
    assert "It opens next: Monday, 10:00" in text
    assert "We will be closed (New Year) on January 1, 2027\nWe will be closed on January 2, 2027" in text
    assert "Army" not in text
    armenian = await read(rasa, "ask_opening_hours", "hy")
    assert "Կբացվի՝ երկուշաբթի, ժամը 10:00" in armenian
    assert "\nԵրկուշաբթի–ուրբաթ՝ ժամը 10:00–14:00 և 15:00–19:00\n" in armenian
