"""Leases: of several gateways one works on a conversation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import Conversation

LEASE = timedelta(seconds=15)


async def lease(session: AsyncSession, conversation_ids: Collection[int], *, gateway: str) -> set[int]:
    """Which of these conversations this gateway may work on for a `LEASE`: those that no other one does."""
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


async def renew(session: AsyncSession, conversation_ids: Collection[int], *, gateway: str) -> None:
    """A `LEASE` more for those of these leases that this gateway has; one that was ended or taken over stays so."""
    await session.execute(
        update(Conversation)
        .where(
            Conversation.id.in_(conversation_ids),
            Conversation.leased_by == gateway,
            Conversation.leased_until.is_not(None),
        )
        .values(leased_until=clock.now() + LEASE)
        .execution_options(synchronize_session=False)
    )


async def end(session: AsyncSession, conversation_ids: Collection[int], *, gateway: str) -> None:
    """The gateway has nothing to do there any more: the next one need not wait."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id.in_(conversation_ids), Conversation.leased_by == gateway)
        .values(leased_until=None)
        .execution_options(synchronize_session=False)
    )
