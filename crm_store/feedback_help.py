"""Ratings of the help that a person gave."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, handoffs
from crm_store.models import ChannelIdentity, Conversation, Handoff, Message, Rating


async def may_be_asked(session: AsyncSession, conversation: Conversation, handoff: Handoff) -> bool:
    """Whether there is something to rate: the person has said something."""
    said = select(Message.id).where(
        Message.conversation_id == conversation.id,
        Message.author == "agent",
        Message.staff_id == handoff.staff_id,
        Message.at >= handoff.taken_at,
    )
    return await session.scalar(said.limit(1)) is not None


async def record(
    session: AsyncSession, conversation: Conversation, public_id: str | None = None, *, score: int
) -> Rating | None:
    """Keep a rating of 1 to 5 of the help with this handoff of the conversation, else of the latest, with who gave it;
    told again, the later one counts. None where nobody has helped; ValueError for another score."""
    if not 1 <= score <= 5:
        raise ValueError(f"{score} is no rating")
    conversation = await conversations.locked(session, conversation)
    handoff = await handoffs.last_resolved(session, conversation, public_id=public_id)
    if handoff is None:
        return None
    rating = await session.scalar(
        select(Rating).where(Rating.about == "help", Rating.episode_id == handoff.episode_id)
    )
    if rating is None:
        visitor = await session.get_one(ChannelIdentity, conversation.identity_id)
        rating = Rating(about="help", customer_id=visitor.customer_id, channel=visitor.channel)
        rating.conversation_id, rating.episode_id = conversation.id, handoff.episode_id
        session.add(rating)
    rating.staff_id, rating.score, rating.at = handoff.staff_id, score, clock.now()
    await session.flush()
    return rating
