"""Two questions in one message are found; one question, a story, or two words for one thing are left whole."""

from __future__ import annotations

from typing import Any

import pytest

from bot.inside_rasa.wishes import FAMILY, LONGEST, halves, wishes
from tests.inside_rasa.conftest import ROOT

WORDS = {
    "broken": "report_problem",
    "order": "ask_order_status",
    "պատվերս": "ask_order_status",
    "შეკვეთა": "ask_order_status",
    "come": "ask_delivery_time",
    "points": "ask_points_balance",
    "միավոր": "ask_points_balance",
    "ქულა": "ask_points_balance",
    "open": "ask_opening_hours",
}


async def parse(text: str) -> dict[str, Any]:
    """A reader that knows single words, and is sure of those."""
    found = [intent for word, intent in WORDS.items() if word in text]
    return {"intent": {"name": found[0] if found else "nlu_fallback", "confidence": 0.9 if found else 0.3}}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "where is my order and how many points have I?",
            ["where is my order", "how many points have I?"],
        ),
        (
            "when are you open? where is my order BR-104217",
            ["when are you open?", "where is my order BR-104217"],
        ),
        ("Որտե՞ղ է պատվերս և քանի՞ միավոր ունեմ", ["Որտե՞ղ է պատվերս", "քանի՞ միավոր ունեմ"]),
        ("որտեղ ա պատվերս ու քանի միավոր ունեմ", ["որտեղ ա պատվերս", "քանի միավոր ունեմ"]),
        ("სად არის ჩემი შეკვეთა და რამდენი ქულა მაქვს?", ["სად არის ჩემი შეკვეთა", "რამდენი ქულა მაქვს?"]),
    ],
)
async def test_two_questions_are_two_turns_in_their_order(text: str, parts: list[str]) -> None:
    assert await wishes(text, parse) == parts


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "where is my order? when does it come?",  # one matter
        "my order is broken and I want my points",  # a story
        "where is my order and thank you very much",
        "is it open, order",  # a half of one word
        "where is my order, it, was, here, how many points have I",  # too many places to cut
        "where is my order and how many points have I? " + "x" * LONGEST,
    ],
)
async def test_everything_else_stays_whole(text: str) -> None:
    assert await wishes(text, parse) == [text]


async def test_of_two_ways_the_surer_one_is_taken() -> None:
    async def unsure_of_the_first(text: str) -> dict[str, Any]:
        read = await parse(text)
        if text == "where is my order?":
            read["intent"]["confidence"] = 0.65
        return read

    text = "where is my order? it is late and how many points have I"
    assert await wishes(text, unsure_of_the_first) == [
        "where is my order? it is late",
        "how many points have I",
    ]


def test_an_armenian_question_mark_stands_in_its_word_and_cuts_nothing() -> None:
    assert halves("Ինչքա՞ն միավոր ունեմ ես") == []


def test_only_intents_that_exist_have_a_family() -> None:
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    assert [intent for intent in FAMILY if f"- {intent}" not in domain] == []
