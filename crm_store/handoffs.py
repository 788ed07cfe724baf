"""Asking for a person: one open request per conversation, with everything the agent should know."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, identity, loyalty, orders
from crm_store.models import Conversation, Customer, Handoff

WORDS = 10
"""So many of the latest messages go into the packet."""


async def open_one(session: AsyncSession, conversation: Conversation) -> Handoff | None:
    """The request of this conversation that waits or is with a person."""
    return await session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == conversation.id, Handoff.state.in_(("waiting", "taken"))
        )
    )


async def ask(session: AsyncSession, conversation: Conversation, *, reason: str) -> tuple[Handoff, bool]:
    """Put the conversation into the waiting list, with its packet; asked again, the first request stands.

    Returns the request and whether it is new.
    """
    conversation = await conversations.locked(session, conversation)
    waiting = await open_one(session, conversation)
    if waiting:
        return waiting, False
    episode = await conversations.episode_of(session, conversation)
    if episode is None:
        raise ValueError("a handoff belongs to an episode, and this conversation has none")
    handoff = Handoff(
        conversation_id=conversation.id,
        episode_id=episode.id,
        reason=reason,
        packet=await _packet(session, conversation, reason),
        language=conversation.language,
        asked_at=clock.now(),
    )
    session.add(handoff)
    conversation.status = "waiting"
    await session.flush()
    return handoff, True


async def _packet(session: AsyncSession, conversation: Conversation, reason: str) -> dict[str, Any]:
    """What the agent reads first: the shopper's own words, what the assistant tried, what is known and how surely."""
    recent = await conversations.transcript(session, conversation, limit=WORDS)
    seen = await orders.shown(session, conversation)
    return {
        "reason": reason,
        "language": conversation.language,
        "level": await identity.level(session, conversation),
        "words": [line.text for line in recent if line.author == "shopper"],
        "tried": [line.name for line in recent if line.author == "bot" and line.name],
        "orders": [{"number": order.number, "status": order.status} for order in seen],
        "points": await _points(session, conversation),
        "last_seq": recent[-1].seq if recent else 0,
    }


async def _points(session: AsyncSession, conversation: Conversation) -> int | None:
    """The points the customer can spend, as far as the conversation has shown who it is; the desk hides them below
    level 2."""
    known = [held.customer_id for held in await identity.assurances(session, conversation)]
    customer = await session.get(Customer, known[-1]) if known else None
    return (await loyalty.balance(session, customer)).available if customer else None
