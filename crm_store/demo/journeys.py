"""What happens to an order after it was placed: which statuses it goes through, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from crm_store.demo.drawn import at_hour

Changes = list[tuple[str, datetime]]
"""The statuses of an order, each since when; the last one is the order's."""

PACKED = ("processing", "pending_delivery")
SENT = (*PACKED, "in_transit")
AT_THE_DOOR = (*SENT, "out_for_delivery")
HOME = (*AT_THE_DOOR, "delivered")
PICKUP = (*SENT, "ready_for_pickup", "delivered")
MISSED = (*AT_THE_DOOR, "attempted")
FAILED = (*MISSED, "failed_delivery")
LOST = (*SENT, "not_available")
JOURNEYS: dict[tuple[str, ...], float] = {
    HOME: 70,
    PICKUP: 12,
    (*MISSED, "out_for_delivery", "delivered"): 5,
    FAILED: 0.7,
    (*FAILED, "refunded"): 0.8,
    (*LOST, "delivered"): 0.6,
    (*LOST, "refunded"): 0.6,
    ("processing", "failed_fulfilment"): 1,
    ("cancelled",): 2.5,
    ("processing", "cancelled"): 1.2,
    (*HOME, "refunded"): 1.8,
    (*HOME, "partially_refunded"): 1.6,
}
"""How orders fare, with how many of a hundred do so (about)."""
TO = {
    "unfulfilled": (),
    "processing": PACKED[:1],
    "pending_delivery": PACKED,
    "in_transit": SENT,
    "out_for_delivery": AT_THE_DOOR,
    "ready_for_pickup": PICKUP[:-1],
    "attempted": MISSED,
    "failed_delivery": FAILED,
    "not_available": LOST,
    "delivered": HOME,
    "failed_fulfilment": ("processing", "failed_fulfilment"),
    "cancelled": ("cancelled",),
    "partially_refunded": (*HOME, "partially_refunded"),
    "refunded": (*HOME, "refunded"),
}
"""The usual way to each status."""
DAYS = {
    "processing": (0, 1),
    "pending_delivery": (0, 1),
    "in_transit": (0, 1),
    "delivered": (0, 0),
    "attempted": (0, 0),
    "failed_delivery": (2, 5),
    "failed_fulfilment": (1, 3),
    "cancelled": (0, 1),
    "partially_refunded": (2, 9),
    "refunded": (3, 20),
    "not_available": (5, 9),
}
"""Days since the status before, at least and at most."""
AFTER = {
    ("attempted", "out_for_delivery"): (1, 2),
    ("ready_for_pickup", "delivered"): (0, 4),
    ("not_available", "delivered"): (2, 6),
}
ON_THE_ROAD = {"armenia": (1, 1), "georgia": (2, 3), "abroad": (7, 10)}
PROMISED_DAYS = {"armenia": 5, "georgia": 8, "abroad": 16}
DELAYED, DELAY_DAYS = 0.08, (3, 8)
HOURS = {
    "processing": (9, 12),
    "pending_delivery": (13, 17),
    "in_transit": (17, 22),
    "out_for_delivery": (7, 10),
    "ready_for_pickup": (9, 13),
    "attempted": (11, 17),
    "delivered": (11, 20),
    "failed_delivery": (17, 20),
    "not_available": (18, 22),
}
OFFICE_HOURS = (10, 18)
SHOPPING_HOURS = (8, 24)


def walk(chance: Random, steps: tuple[str, ...], placed: datetime, home: str) -> Changes:
    """The whole way of an order that was placed at this time and goes through these steps."""
    changes: Changes = [("unfulfilled", placed)]
    delay = chance.randint(*DELAY_DAYS) if chance.random() < DELAYED else 0
    for step in steps:
        before, since = changes[-1]
        days = AFTER.get((before, step)) or DAYS.get(step) or ON_THE_ROAD[home]
        gap = chance.randint(*days) + (delay if before == "in_transit" else 0)
        at = at_hour(chance, since + timedelta(days=gap), HOURS.get(step, OFFICE_HOURS))
        changes.append((step, at if at > since else at + timedelta(days=1)))
    return changes


def walk_until(chance: Random, steps: tuple[str, ...], last_day: datetime, home: str) -> Changes:
    """The same, but the last step falls on this day."""
    changes = walk(chance, steps, at_hour(chance, last_day, SHOPPING_HOURS), home)
    back = timedelta(days=(changes[-1][1].date() - last_day.date()).days)
    return [(status, at - back) for status, at in changes]


def promised(placed: datetime, home: str) -> datetime:
    """By six in the evening of the day that the shop promises for this country."""
    return (placed + timedelta(days=PROMISED_DAYS[home])).replace(hour=18, minute=0, second=0)
