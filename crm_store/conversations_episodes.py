"""Episodes: what one visit was about. From its first message to resolve, or to 24 idle hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import Conversation, Episode

EPISODE_IDLE = timedelta(hours=24)

_NEWEST = (
    select(Episode)
    .where(Episode.conversation_id == bindparam("conversation_id"))
    .order_by(Episode.id.desc())
    .limit(1)
)


async def episode_of(session: AsyncSession, conversation: Conversation) -> Episode | None:
    """The episode that is open, if one is: begun, not resolved, not idle for 24 hours."""
    episode = await _newest(session, conversation)
    if episode is None or episode.ended_at or _idle(episode, clock.now()):
        return None
    return episode


async def going_on(session: AsyncSession, conversation: Conversation) -> Episode:
    """The episode that something said now belongs to; begins one where none is open. The conversation is locked."""
    now = clock.now()
    episode = await _newest(session, conversation)
    if episode and not episode.ended_at and _idle(episode, now):
        episode.ended_at = episode.last_message_at + EPISODE_IDLE
    if episode is None or episode.ended_at:
        episode = Episode(conversation_id=conversation.id, started_at=now, last_message_at=now)
        session.add(episode)
        await session.flush()
        _looked_up(session)[conversation.id] = episode
    episode.last_message_at = now
    return episode


async def end_episode(session: AsyncSession, conversation: Conversation) -> None:
    """What it was about is done: the next message begins a new episode."""
    episode = await episode_of(session, conversation)
    if episode:
        episode.ended_at = clock.now()


async def _newest(session: AsyncSession, conversation: Conversation) -> Episode | None:
    """Looked up once in a transaction."""
    known = _looked_up(session)
    if conversation.id not in known:
        known[conversation.id] = await session.scalar(_NEWEST, {"conversation_id": conversation.id})
    return known[conversation.id]


def _looked_up(session: AsyncSession) -> dict[int, Episode | None]:
    found: dict[int, Episode | None] = session.info.setdefault("episodes", {})
    return found


def _idle(episode: Episode, now: datetime) -> bool:
    return now - episode.last_message_at > EPISODE_IDLE
