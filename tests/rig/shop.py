"""A shop with customers whose orders can be asked about, beside others whom nobody asks about."""

from __future__ import annotations

from dataclasses import dataclass

from crm_store import schema
from crm_store.db import open_store
from tests.crm_store import people
from tests.rig.house import House


@dataclass(frozen=True)
class Customer:
    """One who asks: the number of an order, and the address it was placed with."""

    number: str
    email: str


async def furnish(house: House, customers: int) -> list[Customer]:
    """Migrate the house's database and put a shop with so many customers into it, one order each."""
    await schema.migrate(house.settings.database, house.settings.database_schema)
    store = open_store(house.settings.database, schema=house.settings.database_schema)
    made = []
    try:
        async with store.write() as session:
            await people.shop(session)
            await people.others(session)
            for n in range(customers):
                email = f"shopper{n}@example.com"
                who = await people.person(
                    session, f"Shopper {n}", language="en", email=email, phone=f"+3749900{n:04}"
                )
                order = await people.order(session, who)
                made.append(Customer(order.number, email))
    finally:
        await store.close()
    return made
