"""Visitors of the website: a random token in the browser, only its hash in the store."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations
from crm_store.models import Conversation, VisitorToken


async def conversation_of(session: AsyncSession, token: str) -> Conversation | None:
    """The conversation that a visitor's token opens; never anything else decides which one."""
    return await session.scalar(
        select(Conversation)
        .join(VisitorToken, VisitorToken.identity_id == Conversation.identity_id)
        .where(VisitorToken.token_hash == _hash(token), VisitorToken.replaced_at.is_(None))
    )


async def new_visitor(session: AsyncSession, *, language: str) -> tuple[str, Conversation]:
    """A visitor seen for the first time: a token for the browser, and a conversation."""
    conversation = await conversations.start(
        session, channel="website", address=secrets.token_urlsafe(16), language=language
    )
    token = secrets.token_urlsafe(32)
    session.add(
        VisitorToken(identity_id=conversation.identity_id, token_hash=_hash(token), created_at=clock.now())
    )
    return token, conversation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
