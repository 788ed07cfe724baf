"""What a question for a rating, and the thanks for one, carry beside their words: a card, a button for each star."""

from __future__ import annotations

from typing import Any

MOST = 5


def stars(number: str | None, *, handoff: str | None = None) -> dict[str, Any]:
    """`card` and `choices` of a response that asks to rate an order, or the shop when there is no number, or the help
    of a person: `handoff` is its public id, so that an old question still rates who was meant.

    The nth button stands for n stars.
    """
    what = {"order_number": number} if number else {"about": "help", "handoff": handoff} if handoff else {}
    return {
        "card": {"kind": "rating", "number": number, "max": MOST},
        "choices": [
            {
                "name": f"utter_button_rate_{score}",
                "intent": "give_feedback",
                "entities": {"rating": str(score), **what},
                "values": {},
            }
            for score in range(1, MOST + 1)
        ],
    }


def given(number: str | None, score: int) -> dict[str, Any]:
    """The card of a rating that was given."""
    return {"kind": "rating", "number": number, "max": MOST, "score": score}
