"""Leases: of several gateways one works on a conversation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import Conversation

LEASE = timedelta(seconds=30)


async def lease(session: AsyncSession, conversation_ids: Collection[int], *, gateway: str) -> set[int]:
    """Which of these conversations this gateway may work on for the next half minute: those that no other one does."""
    now = clock.now()
    rows = await session.scalars(
        update(Conversation)
        .where(
            Conversation.id.in_(conversation_ids),
            or_(
                Conversation.leased_until.is_(None),
                Conversation.leased_until < now,
                Conversation.leased_by == gateway,
            ),
        )
        .values(leased_by=gateway, leased_until=now + LEASE)
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    return set(rows)


async def end_lease(session: AsyncSession, conversation_id: int, *, gateway: str) -> None:
    """The gateway has nothing to do there any more."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.leased_by == gateway)
        .values(leased_until=None)
        .execution_options(synchronize_session=False)
    )
