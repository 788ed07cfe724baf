"""What the assistant said last decides how some messages are read: "5" after a question for a rating, free words
after one for a comment, "no" where a person was promised. The gateway sends the name of the last line with each turn
(metadata `asked`).
"""

from __future__ import annotations

import re
from typing import Any

ASKED_RATING = frozenset(
    {"utter_ask_rating", "utter_ask_rating_shop", "utter_rate_your_order", "utter_rate_help"}
)
TOLD_TO_WAIT = frozenset({"utter_handed_off", "utter_already_waiting", "utter_person_left"})
"""No after one of these is meant: no person after all."""
ASKED_COMMENT = frozenset({"utter_rating_thanks", "utter_rating_low", "utter_write_comment"})

NO_WISH = frozenset(
    {
        "nlu_fallback",
        "give_feedback",
        "complain",
        "report_problem",
        "report_payment_problem",
        "out_of_scope",
        "inform",
    }
)
"""Where a comment was asked for, a message of such an intent is one: "it came broken" says why the rating is low, and
the thanks for it offer a person."""
POLITE = frozenset({"thank", "affirm", "greet"})
"""By themselves what they are; with more words around them ("very good, thank you all") a comment."""
ABOUT_THE_TALK = frozenset(
    {"ask_for_person", "ask_help", "bot_challenge", "change_language", "correct_that", "deny", "goodbye"}
)
"""Wishes however long they are said."""

SURE = 0.5
FEW_WORDS = 5
"""Nobody was asked a question, so a longer sentence without a question mark tells something: "the courier came two
days late" is not asking when the parcel comes."""

Ranking = list[dict[str, Any]]
_word = re.compile(r"\w+")


def in_its_place(ranking: Ranking, text: str, asked: str | None, *, lone_rating: bool, sure: bool) -> Ranking:
    """The ranking as what was asked makes it; unchanged where nothing was, or the shopper wants something else.

    `lone_rating`: the message is a rating and nothing else; `sure`: it is nothing but details.
    """
    if lone_rating and asked in ASKED_RATING:
        return [{"name": "give_feedback", "confidence": 1.0}]
    if asked in TOLD_TO_WAIT and ranking[0]["name"] == "deny":
        return [{"name": "withdraw_handoff", "confidence": 1.0}, *ranking]
    if asked in ASKED_COMMENT and not sure and not _is_a_wish(ranking[0], text):
        return [{"name": "give_comment", "confidence": 1.0}, *ranking]
    return ranking


def _is_a_wish(best: dict[str, Any], text: str) -> bool:
    intent, words = best["name"], len(_word.findall(text))
    if intent in NO_WISH or best["confidence"] < SURE:
        return False
    if intent in POLITE:
        return words <= 2
    return intent in ABOUT_THE_TALK or words <= FEW_WORDS or any(sign in text for sign in "?՞")
