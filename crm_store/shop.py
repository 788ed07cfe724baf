"""The shop of this installation: its row, what it tells of itself, when it is open, its owner's wordings.

Hours live beside, in shop_hours; whoever asks the shop something asks here.
"""

from __future__ import annotations

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from barev.language import LANGUAGES
from crm_store.models import Programme, Shop, ShopFact, ShopText
from crm_store.models.shop import TOPICS
from crm_store.shop_hours import (
    Interval,
    Opening,
    close_day,
    closed_days,
    hours,
    opening,
    reopen_day,
    set_hours,
    whole_week,
)

__all__ = [
    "TOPICS",
    "Interval",
    "Opening",
    "close_day",
    "closed_days",
    "facts",
    "facts_to_change",
    "hours",
    "opening",
    "reopen_day",
    "set_fact",
    "set_hours",
    "the_shop",
    "whole_week",
    "zone_and_texts",
]


_ZONE_AND_TEXTS = select(Shop.time_zone, ShopText.name, ShopText.language, ShopText.text).outerjoin(
    ShopText, true()
)


async def the_shop(session: AsyncSession) -> Shop | None:
    """The shop's row; None before the installation has been set up."""
    return await session.get(Shop, 1)


async def programme(session: AsyncSession) -> Programme | None:
    """The rules of the shop's points; None where the shop has no programme."""
    return await session.get(Programme, 1)


async def zone_and_texts(session: AsyncSession) -> tuple[str, dict[tuple[str, str], str]]:
    """The shop's time zone, and the wordings that its owner has changed: (name, language) → text.

    Asked in every turn, so that a change counts at once, at every gateway: one statement, no whole rows.
    """
    rows = (await session.execute(_ZONE_AND_TEXTS)).all()
    texts = {(name, language): text for _, name, language, text in rows if name}
    return (rows[0][0] if rows else "UTC"), texts


async def facts(session: AsyncSession, topic: str) -> dict[str, str]:
    """What the shop tells about a topic (TOPICS): language → text. Empty when it tells nothing."""
    rows = await session.scalars(select(ShopFact).where(ShopFact.topic == topic).order_by(ShopFact.language))
    return {row.language: row.text for row in rows}


async def facts_to_change(session: AsyncSession, topic: str) -> dict[str, str]:
    """The same, and nobody else changes what the shop tells until the transaction ends."""
    await session.get(Shop, 1, with_for_update=True)
    return await facts(session, topic)


async def set_fact(session: AsyncSession, topic: str, language: str, text: str) -> None:
    """Tell this about a topic from now on; an empty text takes it back. Raises ValueError for unknown names."""
    if topic not in TOPICS or language not in LANGUAGES:
        raise ValueError(f"no such topic or language: {topic}, {language}")
    text = text.strip()
    row = await session.scalar(
        select(ShopFact).where(ShopFact.topic == topic, ShopFact.language == language).with_for_update()
    )
    if row is None and text:
        session.add(ShopFact(topic=topic, language=language, text=text, changed_at=clock.now()))
    elif row is not None and not text:
        await session.delete(row)
    elif row is not None:
        row.text, row.changed_at = text, clock.now()
    await session.flush()
