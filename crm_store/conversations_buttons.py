"""Buttons: what each means stays here, bound to its conversation; the channel gets a token."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import Button, Conversation, Message

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


async def last_button(
    session: AsyncSession, conversation: Conversation, names: Collection[str]
) -> Button | None:
    """The first button of the latest line with one of these names, unless it has expired or was spent."""
    line = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.name.in_(names))
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if line is None or not line.buttons:
        return None
    return await button_of(session, conversation, line.buttons[0]["button"])


def spend(button: Button) -> None:
    """What the button stands for has been done: it means nothing from now on."""
    button.expires_at = clock.now()
