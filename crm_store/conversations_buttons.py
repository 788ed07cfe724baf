"""Buttons: what each means stays here, bound to its conversation; the channel gets a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import Button, Conversation

BUTTON_LIFE = timedelta(days=7)


async def offer(
    session: AsyncSession,
    conversation: Conversation,
    *,
    title: str,
    intent: str,
    entities: dict[str, Any] | None = None,
    level: int = 0,
    token: str,
) -> dict[str, str]:
    """A button for this conversation only: what it means stays here, the channel gets the token."""
    session.add(
        Button(
            token=token,
            conversation_id=conversation.id,
            title=title,
            intent=intent,
            entities=entities or {},
            level=level,
            expires_at=clock.now() + BUTTON_LIFE,
        )
    )
    return {"title": title, "button": token}


async def button_of(session: AsyncSession, conversation: Conversation, token: str) -> Button | None:
    """The button with this token, if it was offered in this conversation and has not expired."""
    return await session.scalar(
        select(Button).where(
            Button.token == token, Button.conversation_id == conversation.id, Button.expires_at > clock.now()
        )
    )
