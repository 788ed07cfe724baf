"""Visitors of the website: a random token in the browser, only its hash in the store.

A rise in level replaces every token of the visitor in the same commit (crm_store/identity.py). A new one is given to
whoever sent the message that raised the level, shown by that message's id: nobody else has ever seen it, also not who
copied the token before.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, identity
from crm_store.models import Conversation, VisitorToken


async def opened_by(
    session: AsyncSession, token: str, *, sent: Collection[str] = ()
) -> tuple[Conversation | None, bool]:
    """The conversation that a token opens, and whether the token still holds or a new one is due; never anything else
    decides which conversation.

    A token that was replaced opens nothing, except for the sender of the message that raised the level. `sent`: ids of
    messages that the asker is known to have sent.
    """
    found = await session.execute(
        select(Conversation, VisitorToken.replaced_at)
        .join(VisitorToken, VisitorToken.identity_id == Conversation.identity_id)
        .where(VisitorToken.token_hash == _hash(token))
    )
    conversation, replaced_at = found.one_or_none() or (None, None)
    if conversation is None or replaced_at is None:
        return conversation, True
    raised_by = await identity.raised_by(session, conversation)
    return (conversation if raised_by in set(sent) else None), False


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


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
