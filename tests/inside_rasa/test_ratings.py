"""Which words, figures and stars are a rating, which are not, and when one alone is meant as such."""

from __future__ import annotations

import pytest

from bot.inside_rasa.asked import in_its_place
from bot.inside_rasa.details import find


def rating(text: str) -> list[str]:
    return [detail.value for detail in find(text) if detail.entity == "rating"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            (text, "5")
            for text in (
                "5",
                "5!!",
                "five",
                "Five.",
                "հինգ",
                "Հինգ։",
                "ხუთი",
                "xuti",
                "hing",
                "５",
                "5️⃣",
                "5-ը",
            )
        ),
        *(
            (text, "4")
            for text in (
                "★★★★☆",
                "⭐⭐⭐⭐",
                "⭐️⭐️⭐️⭐️",
                "🌟🌟🌟🌟",
                "4/5",
                "4 out of 5",
                "5-ից 4",
                "5-დან 4",
            )
        ),
        *(
            (text, "3")
            for text in (
                "3 stars",
                "i give 3 stars because it was late",
                "երեք աստղ",
                "სამი ვარსკვლავი",
                "3 astx",
            )
        ),
        *(
            (text, "2")
            for text in ("ok, 2", "i'd say 2", "2 – bad", "2 – վատ", "ორიანი", "BR-104217 2", "2-ს დავწერ")
        ),
        *((text, "1") for text in ("մեկն եմ դնում", "1 կտամ", "erti", "mek", "BR-104217-ს ვაფასებ 1-ით")),
    ],
)
def test_a_rating_is_found_in_figures_words_and_stars(text: str, value: str) -> None:
    assert rating(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "104217",
        "BR-104217",
        "0",
        "6",
        "55",
        "10/10",
        "9/10",
        "24/11/2026",
        "10:30",
        "wait 5 minutes",
        "one more question",
        "i ordered 2 cups and want to write a review",
        "4 stars or 5 stars",
        "⭐⭐⭐⭐⭐⭐",
        "+374 91 123 455",
        "the best shop",
        "+37491123455",
    ],
)
def test_other_figures_are_no_rating(text: str) -> None:
    assert rating(text) == []


def test_an_order_number_beside_a_rating_stays_one() -> None:
    assert [detail[:2] for detail in find("BR-104217: 4 stars")] == [
        ("order_number", "BR-104217"),
        ("rating", "4"),
    ]


WORDS = {"lone_rating": False, "sure": False}
NUMBER = {"lone_rating": True, "sure": True}
DETAILS = {"lone_rating": False, "sure": True}


def read(intent: str, text: str, asked: str | None, about: dict[str, bool], likely: float = 0.9) -> str:
    ranking = in_its_place([{"name": intent, "confidence": likely}], text, asked, **about)
    return str(ranking[0]["name"])


@pytest.mark.parametrize(
    ("asked", "intent"),
    [
        ("utter_ask_rating", "give_feedback"),
        ("utter_ask_rating_shop", "give_feedback"),
        ("utter_rate_your_order", "give_feedback"),
        ("utter_rating_thanks", "inform"),
        ("utter_ask_order_number", "inform"),
        (None, "inform"),
    ],
)
def test_a_number_alone_is_a_rating_only_after_the_question_for_one(asked: str | None, intent: str) -> None:
    assert read("inform", "5", asked, NUMBER) == intent


@pytest.mark.parametrize(
    ("intent", "asked", "meant"),
    [
        ("deny", "utter_handed_off", "withdraw_handoff"),
        ("deny", "utter_already_waiting", "withdraw_handoff"),
        ("deny", "utter_person_left", "withdraw_handoff"),
        ("deny", "utter_offer_person", "deny"),
        ("deny", None, "deny"),
        ("goodbye", "utter_handed_off", "goodbye"),
    ],
)
def test_no_where_a_person_was_promised_means_no_person(intent: str, asked: str | None, meant: str) -> None:
    assert read(intent, "…", asked, WORDS) == meant


@pytest.mark.parametrize("asked", ["utter_rating_thanks", "utter_rating_low", "utter_write_comment"])
@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("nlu_fallback", "qwerty"),
        ("give_feedback", "ყველაფერი მომეწონა"),
        ("complain", "առաքիչը շատ կոպիտ էր"),
        ("ask_delivery_time", "the courier came two days late"),
        ("report_payment_problem", "i paid by card and it was fine"),
        ("report_problem", "გატეხილი მოვიდა"),
        ("thank", "thank you, everything was great"),
    ],
)
def test_free_words_after_the_question_for_them_are_a_comment(asked: str, intent: str, text: str) -> None:
    assert read(intent, text, asked, WORDS) == "give_comment"


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("ask_order_status", "where is my order"),
        ("ask_order_status", "and where is my other order that I bought on Monday?"),
        ("ask_delivery_time", "ե՞րբ կբերեք մյուս պատվերս, որ երկուշաբթի եմ արել"),
        ("ask_for_person", "i would like to talk to a real person"),
        ("deny", "no, I do not want to write anything"),
        ("thank", "thank you"),
    ],
)
def test_a_wish_stays_one_after_the_question_for_words(intent: str, text: str) -> None:
    assert read(intent, text, "utter_rating_thanks", WORDS) == intent


def test_a_wish_that_is_read_unsurely_is_a_comment() -> None:
    assert read("ask_order_status", "came late", "utter_rating_thanks", WORDS, likely=0.4) == "give_comment"


def test_details_and_words_elsewhere_are_read_as_ever() -> None:
    assert read("inform", "BR-104217", "utter_rating_thanks", DETAILS) == "inform"
    assert read("complain", "առաքիչը շատ կոպիտ էր", "utter_comment_thanks", WORDS) == "complain"
