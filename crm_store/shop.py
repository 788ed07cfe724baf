"""The shop of this installation and the texts its owner has changed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.models import Programme, Shop, ShopText


async def the_shop(session: AsyncSession) -> Shop | None:
    """The shop's row; None before the installation has been set up."""
    return await session.get(Shop, 1)


async def programme(session: AsyncSession) -> Programme | None:
    """The rules of the shop's points; None where the shop has no programme."""
    return await session.get(Programme, 1)


async def owners_texts(session: AsyncSession) -> dict[tuple[str, str], str]:
    """The wordings the owner has changed: (name, language) → text."""
    rows = await session.scalars(select(ShopText))
    return {(row.name, row.language): row.text for row in rows}
