"""Visitors of the website: a random token in the browser, only its hash in the store.

A rise in level replaces every token of the visitor in the same commit (crm_store/identity.py). A new one is given to
whoever sent the message that raised the level, shown by that message's id: nobody else has ever seen it, also not who
copied the token before. Whether somebody may have it is judged in the transaction that gives it out, while the
conversation is held: a rise of somebody else that is on its way comes before or after, never between.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, identity
from crm_store.models import Conversation, Message, VisitorToken

_OPENED = (
    select(Conversation, VisitorToken.replaced_at)
    .join(VisitorToken, VisitorToken.identity_id == Conversation.identity_id)
    .where(VisitorToken.token_hash == bindparam("hash"))
)
_NEWS = (
    _OPENED.add_columns(Message)
    .outerjoin(Message, and_(Message.conversation_id == Conversation.id, Message.seq > bindparam("after")))
    .order_by(Message.seq.desc())
    .limit(bindparam("most"))
)


async def opened_by(
    session: AsyncSession, token: str, *, sent: Collection[str] = ()
) -> tuple[Conversation | None, bool]:
    """The conversation that a token opens, and whether the token still holds or a new one is due; never anything else
    decides which conversation.

    A token that was replaced opens nothing, except for the sender of the message that raised the level. `sent`: ids of
    messages that the asker is known to have sent.
    """
    found = await session.execute(_OPENED, {"hash": _hash(token)})
    conversation, replaced_at = found.one_or_none() or (None, None)
    return await _may_see(session, conversation, replaced_at, sent)


async def news(
    session: AsyncSession, token: str, *, sent: Collection[str], after: int, limit: int
) -> tuple[Conversation | None, bool, list[Message]]:
    """As `opened_by`, and the newest `limit` messages behind this seq, oldest first: all of the same moment."""
    found = await session.execute(_NEWS, {"hash": _hash(token), "after": after, "most": limit})
    rows = found.all()
    conversation, replaced_at = (rows[0][0], rows[0][1]) if rows else (None, None)
    opened, holds = await _may_see(session, conversation, replaced_at, sent)
    return opened, holds, [message for _, _, message in reversed(rows) if message]


async def renewed(
    session: AsyncSession, token: str, *, sent: Collection[str]
) -> tuple[str | None, Conversation | None]:
    """The token that holds now for whoever has this one, a new one where it was replaced, and the conversation; None
    and None where it opens nothing any more."""
    conversation, holds = await opened_by(session, token, sent=sent)
    if conversation is None or holds:
        return (token if conversation else None), conversation
    await conversations.locked(session, conversation)
    conversation, _ = await opened_by(session, token, sent=sent)  # asked again: it may have waited for a rise
    if conversation is None:
        return None, None
    return await new_token(session, conversation), conversation


async def new_token(session: AsyncSession, conversation: Conversation) -> str:
    """A token that opens this conversation, beside those it has."""
    token = secrets.token_urlsafe(32)
    session.add(
        VisitorToken(identity_id=conversation.identity_id, token_hash=_hash(token), created_at=clock.now())
    )
    return token


async def new_visitor(session: AsyncSession, *, language: str) -> tuple[str, Conversation]:
    """A visitor seen for the first time: a token for the browser, and a conversation."""
    conversation = await conversations.start(
        session, channel="website", address=secrets.token_urlsafe(16), language=language
    )
    return await new_token(session, conversation), conversation


async def _may_see(
    session: AsyncSession,
    conversation: Conversation | None,
    replaced_at: datetime | None,
    sent: Collection[str],
) -> tuple[Conversation | None, bool]:
    if conversation is None or replaced_at is None:
        return conversation, True
    raised_by = await identity.raised_by(session, conversation)
    return (conversation if raised_by in set(sent) else None), False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
