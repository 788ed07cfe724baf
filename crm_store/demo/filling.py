"""Fill an empty store with the demo shop, empty it again, and tell what there is to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import loyalty
from crm_store.db import Store
from crm_store.demo import drawn, orders, people, points, products, shop, shoppers, staff
from crm_store.demo.rows import Rows
from crm_store.errors import StoreError
from crm_store.models import Base, Contact, Customer, Order, Product, Shop, Staff

MUST_BE_EMPTY: tuple[type[Base], ...] = (Shop, Customer, Product, Order)


class NotEmpty(StoreError):
    """The store already holds a shop or what belongs to one; the demo never mixes with it."""


@dataclass(frozen=True)
class Demo:
    """What was filled: rows per table, and the passwords of the staff by e-mail address."""

    rows: dict[str, int]
    passwords: dict[str, str]


async def is_filled(store: Store) -> bool:
    """Whether the store holds the demo shop."""
    async with store.read() as session:
        found = await session.get(Shop, 1)
        return found is not None and found.is_demo


async def fill(store: Store, *, seed: int = 1, passwords: Mapping[str, str] | None = None) -> Demo:
    """The whole demo shop in one transaction: the same for a seed on the same day, but for passwords that are new.

    `passwords` (by e-mail address) are used again for staff they are known of. Raises NotEmpty.
    """
    chance, today = Random(seed), drawn.today()
    known = staff.passwords_for(passwords)
    async with store.write() as session:
        for model in MUST_BE_EMPTY:
            if await session.scalar(select(func.count()).select_from(model)):
                raise NotEmpty(model.__tablename__)
        session.add(shop.shop(today))
        await session.flush()
        session.add(programme := shop.programme())
        members = await staff.fill(session, chance, today, known)
        rows = Rows()
        shop.facts(rows, today)
        everybody = people.draw(chance)
        bought = orders.fill(rows, chance, today, everybody, products.fill(rows))
        people.fill(rows, chance, everybody, _known_since(chance, today, everybody, bought))
        agents = [member.id for member in members if member.role == "agent"]
        points.fill(rows, chance, today, programme, everybody, bought, agents)
        await rows.insert(session)
    return Demo(rows.counts() | {"staff": len(members)}, known)


def _known_since(
    chance: Random, today: datetime, everybody: list[people.Person], bought: list[orders.Bought]
) -> dict[int, datetime]:
    first: dict[int, datetime] = {}
    for order in bought:  # in the order in which they were placed
        first.setdefault(order.person.key, order.placed - timedelta(minutes=chance.randint(3, 40)))
    return {
        person.key: first.get(person.key) or today - timedelta(hours=chance.randint(20, 9000))
        for person in everybody
    }


async def describe(store: Store, passwords: Mapping[str, str]) -> dict[str, Any]:
    """What `barev demo --json` prints (design §9), changing nothing: the shoppers to try and who can sign in.

    `passwords` by e-mail address, as read_passwords gives them (one that is not there is told as None); orders newest
    first, points that can be spent now.
    """
    async with store.read() as session:
        tried = [await _shopper(session, email) for email in shoppers.EMAILS]
        found = await session.scalars(select(Staff).where(Staff.email.in_(staff.emails())).order_by(Staff.id))
        return {
            "shoppers": [shopper for shopper in tried if shopper],
            "staff": [
                {"email": member.email, "password": passwords.get(member.email), "role": member.role}
                for member in found
            ],
        }


async def _shopper(session: AsyncSession, email: str) -> dict[str, Any] | None:
    having = select(Contact.customer_id).where(Contact.kind == "email", Contact.value == email)
    customer = await session.scalar(select(Customer).where(Customer.id.in_(having)).order_by(Customer.id))
    if customer is None:
        return None
    phone = await session.scalar(
        select(Contact.value).where(Contact.customer_id == customer.id, Contact.kind == "phone")
    )
    theirs = select(Order.number, Order.status).where(Order.customer_id == customer.id)
    found = await session.execute(theirs.order_by(Order.placed_at.desc(), Order.id.desc()))
    return {
        "name": customer.name,
        "language": customer.language,
        "email": email,
        "phone": phone,
        "points": (await loyalty.balance(session, customer)).available,
        "orders": [{"number": number, "status": status} for number, status in found],
    }
