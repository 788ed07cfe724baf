"""What the tests of the demo shop know about it, and how they read all of it."""

from sqlalchemy import select

from crm_store.db import Store
from crm_store.models import Base

PASSWORDS = {"lusine@tatev-tamar.example.com": "known from before"}
SHOPPERS = {"ani@example.am": "hy", "nino@example.ge": "ka", "emma@example.com": "en"}
SCRIPTS = {"en": "[A-Za-z]", "hy": "[\u0531-\u0587]", "ka": "[\u10d0-\u10ff]"}


async def everything(store: Store) -> dict[str, list[tuple]]:
    """All rows of all tables, but for the hashes of passwords, which have salt in them."""
    async with store.read() as session:
        return {
            table.name: [
                tuple(row)
                for row in await session.execute(
                    select(*(column for column in table.c if column.name != "password_hash")).order_by(
                        *table.primary_key
                    )
                )
            ]
            for table in Base.metadata.sorted_tables
        }


async def all_of(store: Store, model: type[Base]) -> list:
    async with store.read() as session:
        return list(await session.scalars(select(model).order_by(*model.__table__.primary_key)))
