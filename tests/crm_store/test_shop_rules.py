"""What the database refuses of a shop, its programme and its hours, whoever writes it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

TOLD = "INSERT INTO shop_facts (topic, language, text, changed_at) VALUES ('returns', '{}', 'text', '2026-01-01')"
WORDED = "INSERT INTO shop_texts (name, language, text, changed_at) VALUES ('utter_greet', '{}', 'text', '2026-01-01')"
OPEN = "INSERT INTO opening_hours (weekday, opens, closes) VALUES (0, '{}', '{}')"


async def run(store, statement: str) -> None:
    async with store.write() as session:
        await session.execute(text(statement))


@pytest.mark.parametrize("wrong", ["''", "'dram'", "'amd'"])
async def test_a_currency_is_three_capital_letters(store, programme, wrong):
    with pytest.raises(IntegrityError, match="currency"):
        await run(store, f"UPDATE shop SET currency = {wrong}")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE shop SET default_language = 'ru'", TOLD.format("ru"), WORDED.format("ru")],
)
async def test_a_language_is_one_of_ours(store, programme, statement):
    with pytest.raises(IntegrityError, match="language"):
        await run(store, statement)


@pytest.mark.parametrize(
    "wrong",
    [
        "minor_units_per_point = 0",
        "points_per_unit = -1",
        "point_value = 0",
        "smallest_redemption = 0",
        "pending_days = -1",
        "expiry_days = 0",
    ],
)
async def test_a_programme_has_no_figures_that_mean_nothing(store, programme, wrong):
    with pytest.raises(IntegrityError, match="sane"):
        await run(store, f"UPDATE programme SET {wrong}")


@pytest.mark.parametrize("times", [("9:00", "18:00"), ("09:00", "late")])
async def test_hours_are_written_as_a_clock_shows_them(store, times):
    with pytest.raises(IntegrityError, match="times"):
        await run(store, OPEN.format(*times))


async def test_what_is_right_is_taken(store, programme):
    for statement in (
        "UPDATE shop SET currency = 'GEL', default_language = 'ka'",
        "UPDATE programme SET expiry_days = NULL, pending_days = 0, points_per_unit = 0",
        TOLD.format("ka"),
        WORDED.format("en"),
        OPEN.format("20:00", "03:00"),
    ):
        await run(store, statement)
