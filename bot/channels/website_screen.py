"""What one open socket shows: everything new in the conversation, by seq; the ends of turns; its status."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.frames import message_frame
from bot.channels.website_socket import SEND_SECONDS, Socket
from bot.channels.website_status import status_of
from bot.live import Woken
from bot.sign_in import visitors
from crm_store import conversations, handoffs_list
from crm_store.db import Store
from crm_store.models import Conversation, Message

PAGE = conversations.PAGE
MOST_UNENDED = 1000
LOOK_AGAIN_SECONDS = 15.0
"""The floor under being woken: a wake from another gateway may get lost."""

log = structlog.get_logger()


class Replaced(Exception):
    """Somebody else raised the level of the conversation: this socket's token opens nothing any more."""


@dataclass
class Screen:
    """Everything is read from the store by seq; nothing is kept here but how far."""

    socket: Socket
    store: Store
    conversation: Conversation
    token: str
    sent: deque[str]  #: ids of this client's own messages, the newest last
    last_seq: int
    showing: asyncio.Lock = field(default_factory=asyncio.Lock)  #: held: nothing newer is shown meanwhile
    status: dict[str, Any] = field(default_factory=dict)  #: as it was told last
    leaving: bool = False
    _open_turns: list[int] = field(
        default_factory=list
    )  #: seqs of the shopper's messages whose end was not told

    async def welcome(self) -> None:
        """The first frames of a socket. It is woken by what happens from before they are read."""
        async with self.store.read() as session:
            row = await session.get_one(Conversation, self.conversation.id)
            missed = await conversations.transcript(session, row, after=self.last_seq, limit=PAGE)
            unended = await conversations.transcript(
                session, row, after=row.answered_seq, before=self.last_seq + 1, limit=MOST_UNENDED
            )
            status, frames = await status_of(session, row), await _frames(session, missed)
            await self.still_opens(session)
        self._open_turns = [message.seq for message in unended if message.author == "shopper"]
        self.status = status
        await self.send(
            {
                "type": "welcome",
                "token": self.token,
                "conversation": {**status, "answered_seq": row.answered_seq},
                "last_seq": row.last_seq,
            }
        )
        async with self.showing:
            await self._show(row, frames, status)

    async def push(self, woken: Woken) -> None:
        """Whenever woken: a new token after a rise in level; everything new, in order; then the ends of turns; then a
        changed status.

        A socket that can show nothing any more is closed: the client comes back and is served from the store.
        """
        try:
            while True:
                await _until(woken)
                typing = woken.look()
                async with self.showing:
                    row = await self._look()
                    if row.status == "agent" and ("agent", row.id) in typing:
                        await self.send({"type": "typing", "author": "agent"})
        except Replaced:
            await self.let_go()
        except Exception as error:
            log.warning("socket let go", conversation=self.conversation.public_id, error=type(error).__name__)
            await self.let_go()

    async def history(self, before: int) -> None:
        """The page of messages before this seq."""
        async with self.store.read() as session:
            older = await conversations.transcript(session, self.conversation, before=before, limit=PAGE)
            frames = await _frames(session, older)
            await self.still_opens(session)
        await self.send({"type": "history", "messages": frames})

    async def still_opens(self, session: AsyncSession) -> None:
        """Raises Replaced where the token opens nothing any more.

        Asked after what is shown was read, or with it: a token is replaced in the commit of the rise, so whoever has
        read something of the risen level sees it replaced.
        """
        conversation, _ = await visitors.opened_by(session, self.token, sent=self.sent)
        if conversation is None:
            raise Replaced

    async def let_go(self) -> None:
        """The client comes back. After a rise another tab of the same browser has the new token; who copied the old one
        has not."""
        self.leaving = True
        await self.socket.close(code=1012, message=b"come back")

    async def send(self, frame: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self.socket.send_json(frame)

    async def _look(self) -> Conversation:
        """Show what is new; returns the conversation as it is now."""
        async with self.store.read() as session:
            row, holds, messages = await visitors.news(
                session, self.token, sent=self.sent, after=self.last_seq, limit=10 * PAGE
            )
            if row is None:
                raise Replaced
            status, frames = await status_of(session, row), await _frames(session, messages)
        if not holds:
            await self._renew()
        await self._show(row, frames, status)
        return row

    async def _renew(self) -> None:
        async with self.store.write() as session:
            token, _ = await visitors.renewed(session, self.token, sent=self.sent)
        if token is None:
            raise Replaced
        self.token = token
        await self.send({"type": "token", "token": self.token})

    async def _show(self, row: Conversation, news: list[dict[str, Any]], status: dict[str, Any]) -> None:
        for frame in news:
            await self.send(frame)
            self.last_seq = frame["seq"]
            if frame["author"] == "shopper" and frame["seq"] not in self._open_turns:
                self._open_turns.append(frame["seq"])
        for seq in [seq for seq in self._open_turns if seq <= row.answered_seq]:
            await self.send({"type": "turn_end", "in_reply_to": seq})
            self._open_turns.remove(seq)
        if status != self.status:
            self.status = status
            await self.send({"type": "status", **status})


async def _until(woken: Woken) -> None:
    try:
        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
            await woken.wait()
    except TimeoutError:
        pass


async def _frames(session: AsyncSession, messages: Sequence[Message]) -> list[dict[str, Any]]:
    names = await handoffs_list.names_of(session, messages)
    return [message_frame(m, names.get(m.staff_id) if m.staff_id else None) for m in messages]
