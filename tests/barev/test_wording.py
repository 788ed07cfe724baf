"""From a response's name and typed values to a text a shopper can read."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from barev.wording import UnknownResponse, Wording, load_wording

ROOT = Path(__file__).resolve().parents[2]
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def wording() -> Wording:
    return load_wording(ROOT / "data/responses", time_zone=ZoneInfo("Asia/Yerevan"))


@pytest.mark.parametrize(
    ("value", "en", "hy", "ka"),
    [
        ("BR-104217", "BR-104217", "BR-104217", "BR-104217"),
        (7, "7", "7", "7"),
        (None, "", "", ""),
        ({"date": "2024-11-24"}, "November 24, 2024", "24 նոյեմբերի, 2024 թ.", "24 ნოემბერი, 2024"),
        ({"date": "2024-11-04"}, "November 4, 2024", "4 նոյեմբերի, 2024 թ.", "4 ნოემბერი, 2024"),
        (
            {"money": 1299000, "currency": "AMD"},
            f"12,990{NBSP}֏",
            f"12{NBSP}990{NBSP}֏",
            f"12{NBSP}990{NBSP}֏",
        ),
        ({"money": 1250, "currency": "GEL"}, f"12.50{NBSP}₾", f"12,50{NBSP}₾", f"12,50{NBSP}₾"),
        ({"list": ["a", "b"]}, "a and b", "a և b", "a და b"),
        ({"texts": {"en": "Tea", "hy": "Թեյ"}}, "Tea", "Թեյ", "Tea"),
        ({"time": "10:00"}, "10:00", "10:00", "10:00"),
        ({"time": "10:00", "until": "19:00"}, "10:00–19:00", "10:00–19:00", "10:00–19:00"),
        (
            {"weekdays": [6, 0, 1, 2]},
            "Monday–Wednesday and Sunday",
            "երկուշաբթի–չորեքշաբթի և կիրակի",
            "ორშაბათი–ოთხშაბათი და კვირა",
        ),
        ({"lines": [{"weekdays": [5]}, "", "b"]}, "Saturday\nB", "Շաբաթ\nB", "შაბათი\nB"),
        (
            {"word": "hours_closed", "values": {"days": {"weekdays": [0, 1]}}},
            "Monday and Tuesday: closed",
            "երկուշաբթի և երեքշաբթի՝ փակ է",
            "ორშაბათი და სამშაბათი: დაკეტილია",
        ),
        ({"points": 1}, "1 point", "1 միավոր", "1 ქულა"),
        ({"points": 1340}, "1,340 points", f"1{NBSP}340 միավոր", f"1{NBSP}340 ქულა"),
    ],
)
def test_a_typed_value_reads_naturally_in_each_language(wording, value, en, hy, ka):
    assert [wording.value(value, language) for language in ("en", "hy", "ka")] == [en, hy, ka]


def test_a_date_of_this_year_has_no_year(wording):
    this_year = datetime.now(UTC).year
    assert wording.value({"date": f"{this_year}-11-24"}, "hy") == "24 նոյեմբերի"


def test_a_moment_is_told_in_the_shops_time_zone(wording):
    assert wording.value({"datetime": "2024-11-24T21:30:00Z"}, "en").endswith("25, 2024, 01:30")


def test_a_day_is_the_day_it_was_in_the_shop(wording):
    assert wording.value({"day": "2024-01-31T21:30:00Z"}, "en") == "February 1, 2024"


def test_a_text_never_shows_a_brace_for_a_value_that_is_missing(wording):
    for name, texts in wording.texts.items():
        for language in texts:
            if not name.startswith("utter_count_"):
                assert "{" not in wording.text(name, language), (name, language)


def test_the_owners_text_wins_in_its_language_only(wording):
    ours = replace(wording, owners={("utter_greet", "hy"): "Ողջույն, {name}"})
    assert ours.text("utter_greet", "hy", {"name": "Անի"}) == "Ողջույն, Անի"
    assert ours.text("utter_greet", "ka") == wording.text("utter_greet", "ka")


def test_a_card_keeps_its_shape_and_its_typed_values_become_text(wording):
    card = {
        "kind": "order",
        "placed_text": {"date": "2024-01-02"},
        "lines": [{"title": {"texts": {"en": "Cup"}}, "quantity": 2}],
    }
    assert wording.card(card, "en") == {
        "kind": "order",
        "placed_text": "January 2, 2024",
        "lines": [{"title": "Cup", "quantity": 2}],
    }


def test_an_unknown_response_is_an_error_and_not_an_empty_text(wording):
    with pytest.raises(UnknownResponse):
        wording.text("utter_nothing_of_the_kind", "en")


def test_an_unknown_typed_value_is_an_error(wording):
    with pytest.raises(ValueError, match="no such typed value"):
        wording.value({"colour": "red"}, "en")
