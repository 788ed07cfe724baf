"""The shop of this installation and the texts its owner has changed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.models import Shop, ShopText


async def the_shop(session: AsyncSession) -> Shop | None:
    """The shop's row; None before the installation has been set up."""
    return await session.get(Shop, 1)


async def owners_texts(session: AsyncSession) -> dict[tuple[str, str], str]:
    """The wordings the owner has changed: (name, language) → text."""
    rows = await session.scalars(select(ShopText))
    return {(row.name, row.language): row.text for row in rows}
