"""Telegram's updates as rows, and the conversation of a chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from barev.masking import mask_cards
from crm_store import conversations
from crm_store.models import ChannelIdentity, Conversation, TelegramUpdate

GAP = timedelta(seconds=1)
"""How long an update waits for missing ones before it: Telegram may deliver several at once, in any order."""
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 5
LARGEST = 2**63 - 1
WRITTEN = ("text", "caption")
"""Fields that hold a person's words; ids of Telegram's own may look like card numbers."""


async def take(session: AsyncSession, bot: str, updates: Iterable[object]) -> int:
    """Keep updates as they came, card numbers masked; one that is known is a no-op. How many were new.

    What has no `update_id` is no update and is left out.
    """
    now = clock.now()
    rows = [
        {
            "bot": bot,
            "update_id": raw["update_id"],
            "raw": _clean(raw),
            "state": "received",
            "attempts": 0,
            "at": now,
        }
        for raw in updates
        if isinstance(raw, dict) and _is_id(raw.get("update_id"))
    ]
    if not rows:
        return 0
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = await session.scalars(
        insert(TelegramUpdate)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["bot", "update_id"])
        .returning(TelegramUpdate.id)
    )
    return len(new.all())


async def next_update(
    session: AsyncSession, bot: str, *, gap: timedelta = timedelta(0)
) -> TelegramUpdate | None:
    """The update that is to be read now, held until the transaction ends; in the order of their ids.

    None while there is none, and while one before it may still be on its way, at most for so long as `gap` says.
    """
    row = await session.scalar(
        select(TelegramUpdate)
        .where(TelegramUpdate.bot == bot, TelegramUpdate.state == "received")
        .order_by(TelegramUpdate.update_id)
        .limit(1)
        .with_for_update()
    )
    if row is None or clock.now() - row.at >= gap:
        return row
    newest_read = await session.scalar(
        select(func.max(TelegramUpdate.update_id)).where(
            TelegramUpdate.bot == bot, TelegramUpdate.state != "received"
        )
    )
    return row if newest_read is not None and row.update_id <= newest_read + 1 else None


async def waiting(session: AsyncSession, bot: str) -> bool:
    """Whether an update has not been read yet."""
    query = select(TelegramUpdate.id).where(TelegramUpdate.bot == bot, TelegramUpdate.state == "received")
    return await session.scalar(query.limit(1)) is not None


def done(row: TelegramUpdate) -> None:
    """The update has had its effect; what it said stands in the transcript, where it belongs to its conversation."""
    row.state, row.raw = "done", None


def failed(row: TelegramUpdate, reason: str) -> None:
    """The update cannot be read and is skipped; of what it said only the shape is kept."""
    row.state, row.last_error, row.raw = "failed", reason, _shape(row.raw)


async def stumbled(session: AsyncSession, bot: str, reason: str) -> None:
    """Reading the next update broke off; after MOST_ATTEMPTS it is skipped."""
    row = await next_update(session, bot)
    if row:
        row.attempts += 1
        if row.attempts >= MOST_ATTEMPTS:
            failed(row, reason)


async def forget(session: AsyncSession) -> None:
    """Drop what Telegram will not send again."""
    old = TelegramUpdate.at < clock.now() - KEPT
    await session.execute(delete(TelegramUpdate).where(TelegramUpdate.state != "received", old))


async def conversation_of(session: AsyncSession, chat: str, *, language: str) -> Conversation:
    """The conversation of a chat, begun in `language` when it is a new one; whoever writes has not blocked us."""
    found = await session.execute(
        select(Conversation, ChannelIdentity)
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .where(ChannelIdentity.channel == "telegram", ChannelIdentity.address == chat)
    )
    known = found.one_or_none()
    if known is None:
        return await conversations.start(session, channel="telegram", address=chat, language=language)
    conversation, identity = known
    identity.blocked_at = None
    return conversation


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def _clean(value: Any, key: str = "") -> Any:
    """The same JSON without card numbers in what people wrote, and without characters that PostgreSQL refuses."""
    match value:
        case dict():
            return {_storable(name): _clean(inner, name) for name, inner in value.items()}
        case list():
            return [_clean(inner, key) for inner in value]
        case str():
            return mask_cards(_storable(value)) if key in WRITTEN else _storable(value)
    return value


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _shape(value: Any) -> Any:
    """The same JSON with the name of its type for every value."""
    match value:
        case Mapping():
            return {key: _shape(inner) for key, inner in value.items()}
        case list():
            return [_shape(inner) for inner in value]
    return type(value).__name__
