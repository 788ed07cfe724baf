"""What the desk lists: who waits, what an agent has, and how far somebody is from being answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.handoffs_leaving import LEADS
from crm_store.models import ChannelIdentity, Conversation, Handoff, Message, Staff

MOST_LISTED = 200


@dataclass(frozen=True)
class Listed:
    """A conversation in the list. `unread`: what the shopper wrote and nobody looked at; `words`: the latest of it;
    `by`: the colleague who has it."""

    handoff: Handoff
    conversation: Conversation
    channel: str
    unread: int
    words: str
    by: str | None


async def listed(session: AsyncSession, staff: Staff) -> list[Listed]:
    """Who waits, and what this member of staff has, for leads and owners also what colleagues have: by priority, then
    the oldest first."""
    theirs_to_see = true() if staff.role in LEADS else Handoff.staff_id == staff.id
    theirs = (Message.conversation_id == Handoff.conversation_id, Message.author == "shopper")
    unread = select(func.count()).where(*theirs, Message.seq > Handoff.seen_seq).scalar_subquery()
    words = select(Message.text).where(*theirs).order_by(Message.seq.desc()).limit(1).scalar_subquery()
    rows = await session.execute(
        select(Handoff, Conversation, ChannelIdentity.channel, unread, words, Staff.name)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .outerjoin(Staff, and_(Staff.id == Handoff.staff_id, Staff.id != staff.id))
        .where(or_(Handoff.state == "waiting", and_(Handoff.state == "taken", theirs_to_see)))
        .order_by(Handoff.priority.desc(), Handoff.asked_at, Handoff.id)
        .limit(MOST_LISTED)
        .execution_options(populate_existing=True)
    )
    return [
        Listed(handoff, talk, channel, count, text or "", by)
        for handoff, talk, channel, count, text, by in rows
    ]


async def position(session: AsyncSession, handoff: Handoff) -> int:
    """How many are answered before this one, and itself: 1 is next."""
    sooner = or_(
        Handoff.priority > handoff.priority,
        and_(Handoff.priority == handoff.priority, Handoff.asked_at < handoff.asked_at),
        and_(
            Handoff.priority == handoff.priority,
            Handoff.asked_at == handoff.asked_at,
            Handoff.id < handoff.id,
        ),
    )
    before = await session.scalar(select(func.count(Handoff.id)).where(Handoff.state == "waiting", sooner))
    return int(before or 0) + 1


async def waiting_conversations(session: AsyncSession) -> list[int]:
    """Row ids of the conversations that wait: their place may have changed."""
    return list(await session.scalars(select(Handoff.conversation_id).where(Handoff.state == "waiting")))


async def names_of(session: AsyncSession, messages: Iterable[Message]) -> dict[int, str]:
    """The names of the members of staff who wrote these messages, by row id."""
    ids = {message.staff_id for message in messages if message.staff_id}
    if not ids:
        return {}
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row_id: name for row_id, name in rows}


async def holder(session: AsyncSession, handoff: Handoff | None) -> Staff | None:
    """Who has it, if somebody has."""
    return await session.get(Staff, handoff.staff_id) if handoff and handoff.staff_id else None
