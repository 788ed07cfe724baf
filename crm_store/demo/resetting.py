"""Throw the demo shop away and fill it anew. History cannot be deleted row by row, so all tables go."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from crm_store import schema as schemas
from crm_store.db import open_store
from crm_store.demo.filling import Demo, fill
from crm_store.errors import StoreError
from crm_store.models import Base, Shop


class NotDemo(StoreError):
    """The store holds a shop that is not the demo shop; it is left as it is."""


async def reset(
    url: str, schema: str | None = None, *, seed: int = 1, passwords: Mapping[str, str] | None = None
) -> Demo:
    """Drop every table of ours in this database (or PostgreSQL schema), migrate and fill; conversations go too.

    For nobody else's use meanwhile: stop the gateway first. Raises NotDemo, and NewerDatabase.
    """
    await schemas.migrate(url, schema)  # so that an older one can be read, and its tables are those we know
    store = open_store(url, schema=schema)
    try:
        async with store.read() as session:
            shop = await session.get(Shop, 1)
            if shop is not None and not shop.is_demo:
                raise NotDemo(shop.name)
        async with schemas.connected(url, schema) as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.execute(text("DROP TABLE alembic_version"))
        await schemas.migrate(url, schema)
        return await fill(store, seed=seed, passwords=passwords)
    finally:
        await store.close()
