"""Conversations: taking a message in, giving it its turn, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from barev import clock
from crm_store import conversations_episodes, deliveries
from crm_store.db import patience
from crm_store.models import Base, ChannelIdentity, Conversation, Message

PAGE = 50
"""Messages of a transcript that are read at once unless told otherwise."""
FRESH_AFTER = timedelta(minutes=60)
"""After so long without a turn Rasa begins anew: a form that was open is not any more."""
WAITING_LINES = ("utter_starting", "utter_delayed")

Row = TypeVar("Row", bound=Base)

# What every turn asks is put together once: SQLAlchemy takes as long to build such a statement as to run it.
_said = aliased(Message)  # so that it can stand inside another statement about messages
LAST_SAID = (
    select(_said)
    .where(
        _said.conversation_id == bindparam("id"),
        _said.author != "shopper",
        or_(_said.name.is_(None), _said.name.not_in(WAITING_LINES)),
    )
    .order_by(_said.seq.desc())
    .limit(1)
)
_TAKEN = select(Message).where(
    Message.conversation_id == bindparam("conversation_id"), Message.external_id == bindparam("external_id")
)
_BY_PUBLIC_ID = select(Conversation).where(Conversation.public_id == bindparam("public_id"))
_BY_PUBLIC_ID_HELD = _BY_PUBLIC_ID.with_for_update()


@dataclass(frozen=True)
class Line:
    """Something said to the shopper, ready to be read. `buttons`: made by conversations_buttons.offer."""

    text: str
    name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)
    card: dict[str, Any] | None = None


async def locked(session: AsyncSession, row: Row) -> Row:
    """The same row, fresh and held until the transaction ends; asked again in a transaction it costs nothing.

    A writer on SQLite holds the whole file, so what it has read itself is fresh.
    """
    state, held = inspect(row), session.info.setdefault("held", {})
    if state.key not in held:
        own = state.session is session.sync_session
        if not own or session.get_bind().dialect.name != "sqlite":
            await session.flush()  # what this transaction has changed itself must not be read over
            assert state.identity
            async with patience(session):
                row = (await session.scalars(_fresh(type(row)), {"id": state.identity[0]})).one()
        held[state.key] = row
    found: Row = held[state.key]
    return found


@cache
def _fresh(kind: type[Row]) -> Select[Row]:
    key = inspect(kind).primary_key[0]
    held = select(kind).where(key == bindparam("id")).with_for_update()
    return held.execution_options(populate_existing=True)


async def start(session: AsyncSession, *, channel: str, address: str, language: str) -> Conversation:
    """A channel identity seen for the first time, and its one conversation."""
    now = clock.now()
    identity = ChannelIdentity(channel=channel, address=address, created_at=now)
    session.add(identity)
    await session.flush()
    conversation = Conversation(identity_id=identity.id, language=language, created_at=now)
    session.add(conversation)
    await session.flush()
    return conversation


async def by_public_id(session: AsyncSession, public_id: str, *, lock: bool = False) -> Conversation | None:
    """The conversation with this public id; with `lock` it is held until the transaction ends."""
    if not lock:
        return await session.scalar(_BY_PUBLIC_ID, {"public_id": public_id})
    async with patience(session):
        return await session.scalar(_BY_PUBLIC_ID_HELD, {"public_id": public_id})


async def accept(
    session: AsyncSession,
    conversation: Conversation,
    *,
    text: str,
    external_id: str,
    kind: str = "text",
    language: str | None = None,
    pressed: dict[str, Any] | None = None,
    source: str | None = None,
) -> tuple[Message, bool]:
    """Take a shopper's message in for good, as the next of its conversation; the same external id is a no-op.

    Returns the message and whether it is new. `language`: what the text is in, where that is known; it becomes the
    conversation's unless the shopper has chosen one.
    """
    conversation = await locked(session, conversation)
    known = await session.scalar(_TAKEN, {"conversation_id": conversation.id, "external_id": external_id})
    if known:
        return known, False
    if language and not conversation.language_chosen:
        conversation.language = language
    message = await _append(session, conversation, author="shopper", kind=kind, text=text, pressed=pressed)
    message.external_id, message.source = external_id, source
    await session.flush()
    return message, True


async def choose_language(session: AsyncSession, conversation: Conversation, language: str) -> None:
    """The shopper's explicit choice: it wins over what messages are written in, and is remembered."""
    conversation = await locked(session, conversation)
    conversation.language = language
    conversation.language_chosen = True


async def answer(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    lines: Sequence[Line],
    *,
    author: str = "bot",
) -> list[Message]:
    """Store what is said to a message and mark the message as having had its turn, together."""
    conversation = await locked(session, conversation)
    said = [await _say(session, conversation, line, author=author, in_reply_to=message.seq) for line in lines]
    conversation.answered_seq = max(conversation.answered_seq, message.seq)
    return said


async def tell(
    session: AsyncSession,
    conversation: Conversation,
    line: Line,
    *,
    author: str = "bot",
    in_reply_to: int | None = None,
) -> Message:
    """Say something that is no answer and ends no turn: "please wait", an agent's line, a survey."""
    conversation = await locked(session, conversation)
    return await _say(session, conversation, line, author=author, in_reply_to=in_reply_to)


async def channel_of(session: AsyncSession, conversation: Conversation) -> str:
    """The channel over which its shopper writes."""
    return (await session.get_one(ChannelIdentity, conversation.identity_id)).channel


async def last_said(session: AsyncSession, conversation: Conversation) -> Message | None:
    """The latest line that was said to the shopper; "please wait" is no line of the talk."""
    return await session.scalar(LAST_SAID, {"id": conversation.id})


async def transcript(
    session: AsyncSession,
    conversation: Conversation,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Message]:
    """The newest `limit` messages between two seqs, oldest first."""
    query = select(Message).where(Message.conversation_id == conversation.id, Message.seq > after)
    if before is not None:
        query = query.where(Message.seq < before)
    rows = await session.scalars(query.order_by(Message.seq.desc()).limit(limit))
    return list(rows)[::-1]


async def _say(
    session: AsyncSession, conversation: Conversation, line: Line, *, author: str, in_reply_to: int | None
) -> Message:
    message = await _append(session, conversation, author=author, kind="text", text=line.text, pressed=None)
    message.name, message.values, message.buttons, message.card = (
        line.name,
        line.values,
        line.buttons,
        line.card,
    )
    message.in_reply_to = in_reply_to
    await deliveries.queue(session, conversation, message)
    return message


async def _append(
    session: AsyncSession,
    conversation: Conversation,
    *,
    author: str,
    kind: str,
    text: str,
    pressed: dict[str, Any] | None,
) -> Message:
    now = clock.now()
    episode = await conversations_episodes.going_on(session, conversation)
    conversation.last_seq += 1
    message = Message(
        conversation_id=conversation.id,
        episode_id=episode.id,
        seq=conversation.last_seq,
        author=author,
        kind=kind,
        text=text,
        language=conversation.language,
        pressed=pressed,
        at=now,
    )
    session.add(message)
    return message
