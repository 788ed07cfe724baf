"""Three thousand orders of the last eighteen months, each with its lines and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crm_store.demo import places, shoppers
from crm_store.demo.drawn import at_hour, public_id, utc
from crm_store.demo.journeys import JOURNEYS, SHOPPING_HOURS, TO, Changes, promised, walk, walk_until
from crm_store.demo.people import Person
from crm_store.demo.rows import Row, Rows
from crm_store.models import Order, OrderChange, OrderLine

ORDERS = 3000
DAYS = 548
OF_EACH_STATUS = 3
"""At least so many orders stand in each status, whatever chance says."""
CARRIERS = {"armenia": "Arag Express", "georgia": "Khidi Cargo", "abroad": "Silk Road Post"}
OLD_PRICE_DAYS = 270
"""Prices were a little lower before."""


@dataclass(frozen=True)
class Bought:
    """An order's row with whose it is and what happened to it."""

    row: Row
    person: Person
    changes: Changes

    @property
    def placed(self) -> datetime:
        return self.changes[0][1]


class Shelves:
    """What can be bought, some things more often than others, and the order numbers still to be given."""

    def __init__(self, chance: Random, products: list[Row]) -> None:
        self.chance = chance
        self.products = products
        self.likes = [chance.paretovariate(1.4) for _ in products]
        self.numbers = iter(chance.sample(range(100_000, 1_000_000), ORDERS))

    def basket(self, *, worth: int = 0) -> list[tuple[Row, int]]:
        """Different products with how many of each, together worth at least so much (minor units)."""
        basket: dict[int, tuple[Row, int]] = {}
        wanted = self.chance.choices((1, 2, 3, 4, 5), (38, 28, 18, 10, 6))[0]
        while len(basket) < wanted or sum(row["price"] * count for row, count in basket.values()) < worth:
            product = self.chance.choices(self.products, self.likes)[0]
            many = (1, 2, 3) if product["price"] < 400_000 else (1, 1, 1, 1, 2)
            basket.setdefault(product["id"], (product, self.chance.choice(many)))
        return list(basket.values())


def fill(
    rows: Rows, chance: Random, today: datetime, people: list[Person], products: list[Row]
) -> list[Bought]:
    """All orders, in the order in which they were placed."""
    shelves = Shelves(chance, products)
    ways: list[tuple[Person, Changes, datetime | None, int]] = []
    for person in people[: len(shoppers.EMAILS)]:
        for story in shoppers.stories(person):
            changes = walk_until(chance, story.steps, today - timedelta(days=story.days_ago), person.home)
            due = (
                None
                if story.promised_in is None
                else (today + timedelta(days=story.promised_in)).replace(hour=18)
            )
            ways.append((person, changes, due, story.worth))
    others = people[len(shoppers.EMAILS) :]
    keen = [chance.paretovariate(1.2) for _ in others]
    near = [person for person in others if person.home != "abroad"]
    for status in TO:
        for person in chance.choices(near, k=OF_EACH_STATUS):
            last_day = today - timedelta(days=chance.randint(1, 2))
            ways.append((person, walk_until(chance, TO[status], last_day, person.home), None, 0))
    while len(ways) < ORDERS:
        person = chance.choices(others, keen)[0]
        # The shop grows: the nearer the day, the more orders.
        placed = at_hour(
            chance, today - timedelta(days=1 + int(DAYS * chance.betavariate(1, 1.25))), SHOPPING_HOURS
        )
        steps = chance.choices(list(JOURNEYS), list(JOURNEYS.values()))[0]
        if "ready_for_pickup" in steps and person.home == "abroad":
            continue
        changes = [change for change in walk(chance, steps, placed, person.home) if change[1] < today]
        ways.append((person, changes, None, 0))
    ways.sort(key=lambda way: way[1][0][1])
    return [_order(rows, shelves, today, *way) for way in ways]


def _order(
    rows: Rows,
    shelves: Shelves,
    today: datetime,
    person: Person,
    changes: Changes,
    due: datetime | None,
    worth: int,
) -> Bought:
    chance = shelves.chance
    statuses, placed = dict(changes), changes[0][1]
    tracking = (
        f"{chance.choice('AKS')}X{chance.randrange(10**8, 10**9)}" if "in_transit" in statuses else None
    )
    pickup = "ready_for_pickup" in statuses and places.pickup_point(chance, person.home, person.language)
    old = (today - placed).days > OLD_PRICE_DAYS
    lines = [(thing, count, _price(thing, old)) for thing, count in shelves.basket(worth=worth)]
    delivered = statuses.get("delivered")
    row = rows.add(
        Order,
        public_id=public_id(chance),
        number=f"BR-{next(shelves.numbers)}",
        customer_id=person.key,
        status=changes[-1][0],
        total=sum(count * price for _, count, price in lines),
        email=person.email,
        phone=person.phone,
        address=pickup or person.address,
        carrier=CARRIERS[person.home] if "pending_delivery" in statuses else None,
        tracking_number=tracking,
        tracking_url=f"https://example.com/track/{tracking}" if tracking else None,
        placed_at=utc(placed),
        promised_at=utc(due or promised(placed, person.home)),
        delivered_at=utc(delivered) if delivered else None,
    )
    for thing, count, price in lines:
        rows.add(
            OrderLine,
            order_id=row["id"],
            product_id=thing["id"],
            titles=thing["titles"],
            quantity=count,
            unit_price=price,
        )
    for status, at in changes:
        rows.add(OrderChange, order_id=row["id"], status=status, at=utc(at))
    return Bought(row, person, changes)


def _price(product: Row, old: bool) -> int:
    """What it cost: in whole hundreds of drams, a twentieth less in the old days."""
    return product["price"] * 95 // 100 // 10_000 * 10_000 if old else int(product["price"])
