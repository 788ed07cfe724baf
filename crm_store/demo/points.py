"""What happened to everybody's points: earned with orders, given, spent, expired, taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from crm_store import loyalty
from crm_store.demo import shoppers
from crm_store.demo.accounts import Account
from crm_store.demo.drawn import at_hour, data
from crm_store.demo.orders import Bought
from crm_store.demo.people import Person
from crm_store.demo.rows import Rows
from crm_store.models import Programme

NEVER_DELIVERED = {"cancelled", "failed_fulfilment", "refunded"}
SPENT_BY_SHOPPERS_DAYS_AGO = 450
"""The shoppers to try have spent points once, before they earned those that end soon."""


@dataclass(order=True)
class Event:
    """Something that changes an account; `about` is an order's key, or a number that tells it from others."""

    at: datetime
    what: str
    about: int
    points: int = 0
    staff_id: int | None = field(default=None, compare=False)


def fill(
    rows: Rows,
    chance: Random,
    today: datetime,
    programme: Programme,
    people: list[Person],
    bought: list[Bought],
    agents: list[int],
) -> None:
    """The account of everybody who ever ordered, with all its rows up to today."""
    theirs: dict[int, list[Bought]] = defaultdict(list)
    for order in bought:
        theirs[order.person.key].append(order)
    for person in people:
        if not (orders := theirs[person.key]):
            continue
        account = Account(rows, programme, person.key, orders[0].placed)
        plain = person.email in shoppers.EMAILS
        events = [event for order in orders for event in _of_order(chance, programme, order, agents, plain)]
        if plain:
            events.append(
                Event(today - timedelta(days=SPENT_BY_SHOPPERS_DAYS_AGO, hours=-15), "redeem", 1, 40)
            )
        else:
            events += _own(chance, today, orders[0].placed)
        for event in sorted(event for event in events if event.at < today):
            _post(account, event, data("staff")["goodwill"][person.language])
        account.expire(today)


def _of_order(
    chance: Random, programme: Programme, order: Bought, agents: list[int], plain: bool
) -> Iterator[Event]:
    """The points of an order wait from the beginning, and are confirmed when it has been kept long enough."""
    points = loyalty.points_for(order.row["total"], programme)
    if not points:
        return
    key, since = order.row["id"], dict(order.changes)
    yield Event(order.placed, "pending", key, points)
    delivered = since.get("delivered")
    if delivered is None:
        gone = [at for status, at in order.changes if status in NEVER_DELIVERED]
        yield from (Event(at, "cancel", key) for at in gone)
        return
    yield Event(delivered + timedelta(days=programme.pending_days), "confirm", key)
    if refunded := since.get("refunded"):
        yield Event(refunded, "claw back all", key, points)
    if partly := since.get("partially_refunded"):
        yield Event(partly, "claw back part", key, max(1, points // chance.randint(2, 4)))
    if plain:
        return
    if chance.random() < 0.12:
        yield Event(
            at_hour(chance, delivered + timedelta(days=chance.randint(2, 9)), (9, 22)), "review", key, 50
        )
    if delivered > order.row["promised_at"] and chance.random() < 0.3:
        noticed = at_hour(chance, delivered + timedelta(days=1), (10, 18))
        yield Event(noticed, "goodwill", key, chance.choice((50, 100, 150)), chance.choice(agents))


def _own(chance: Random, today: datetime, since: datetime) -> Iterator[Event]:
    """Birthdays, and the days on which somebody felt like spending."""
    if chance.random() < 0.35:
        birthday = today - timedelta(days=chance.randint(1, 365))
        for at in (birthday - timedelta(days=365), birthday):
            if at > since:
                yield Event(at.replace(hour=7), "birthday", at.year, 200)
    for number in range(chance.choices((0, 1, 2, 4, 7), (40, 25, 18, 12, 5))[0]):
        days = (today - since).days
        day = since + timedelta(days=chance.randint(0, max(days - 1, 0)))
        share = chance.choice((20, 50, 100))
        yield Event(at_hour(chance, day, (9, 23)), "redeem", number, share)


def _post(account: Account, event: Event, excuse: str) -> None:
    account.expire(event.at)
    match event.what:
        case "pending":
            account.wait(event.at, event.about, event.points)
        case "confirm":
            account.confirm(event.at, event.about)
        case "cancel":
            account.cancel(event.at, event.about)
        case "claw back all" | "claw back part":
            account.claw_back(event.at, event.about, event.points, whole=event.what == "claw back all")
        case "redeem":
            account.redeem(event.at, event.about, share=event.points)
        case "review":
            account.earn(event.at, "review", f"demo-review-{event.about}", event.points, order_id=event.about)
        case "birthday":
            account.earn(event.at, "birthday", f"demo-birthday-{event.about}", event.points)
        case "goodwill":
            account.apologise(event.at, event.about, event.points, reason=excuse, staff_id=event.staff_id)
