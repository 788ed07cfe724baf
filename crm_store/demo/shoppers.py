"""The three shoppers to try, one per language, and the orders that each of them has."""

from __future__ import annotations

from dataclasses import dataclass

from crm_store.demo.drawn import data
from crm_store.demo.journeys import HOME, PICKUP, SENT, TO
from crm_store.demo.people import Person

EMAILS = ("ani@example.am", "nino@example.ge", "emma@example.com")
EXPIRE_IN_DAYS = 12
"""The points of one delivered order end so many days after the filling, if nobody spends them."""


@dataclass(frozen=True)
class Story:
    """An order that went these steps, the last of them so many days ago.

    `promised_in` days from today instead of what the shop usually promises; worth at least so much (minor units).
    """

    steps: tuple[str, ...]
    days_ago: int
    promised_in: int | None = None
    worth: int = 0


def stories(person: Person) -> list[Story]:
    """On the way, late, delivered (lately, a while ago, and so long ago that its points end soon), and given up."""
    late = next(entry["late"] for entry in data("shoppers") if entry["email"] == person.email)
    return [
        Story(SENT, days_ago=1, promised_in=3, worth=1_500_000),
        Story(TO[late], days_ago=7, promised_in=-2),
        Story(HOME, days_ago=5),
        Story(PICKUP, days_ago=41, worth=3_000_000),
        Story((*HOME, "refunded"), days_ago=120),
        Story(("cancelled",), days_ago=205),
        Story(HOME, days_ago=365 + 14 - EXPIRE_IN_DAYS, worth=4_000_000),
        Story(HOME, days_ago=500, worth=3_500_000),
    ]
