"""What waits for its turn: messages of shoppers that nobody has answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.conversations import LAST_SAID
from crm_store.models import Conversation, Message

_UNANSWERED = (Message.seq > Conversation.answered_seq, Message.author == "shopper")
_NEXT = (
    select(
        Conversation, Message, LAST_SAID.with_only_columns(LAST_SAID.selected_columns.name).scalar_subquery()
    )
    .join(Message, Message.conversation_id == Conversation.id)
    .where(Conversation.id == bindparam("id"), *_UNANSWERED)
    .order_by(Message.seq)
    .limit(1)
)


async def next_unanswered(
    session: AsyncSession, conversation_id: int
) -> tuple[Conversation, Message, str | None] | None:
    """A conversation, the oldest shopper's message in it that has not had its turn, and the name of the line that was
    last said before (conversations.last_said); None when nothing waits."""
    rows = await session.execute(_NEXT, {"id": conversation_id})
    found = rows.one_or_none()
    return (found[0], found[1], found[2]) if found else None


async def unanswered(session: AsyncSession) -> Sequence[int]:
    """Row ids of all conversations that hold a message without its turn: what a starting gateway takes up."""
    rows = await session.scalars(
        select(Conversation.id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(*_UNANSWERED)
        .distinct()
    )
    return rows.all()
