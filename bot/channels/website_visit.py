"""One open socket: what the visitor sends goes into the inbox, what is new in the conversation goes out by seq."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import WSMsgType, web
from sqlalchemy.ext.asyncio import AsyncSession

from bot import inbox, metrics
from bot.channels.frames import (
    ChooseLanguage,
    Frame,
    Hello,
    History,
    Press,
    Typing,
    message_frame,
    read_frame,
)
from bot.channels.limits import Allowance
from bot.channels.website_status import status_of
from bot.frames import BadFrame, Text
from bot.live import Live, Woken
from bot.messages import Incoming
from bot.rendering import Rendering
from bot.sign_in import visitors
from crm_store import conversations, handoffs_list
from crm_store.db import Store
from crm_store.errors import NotFound
from crm_store.models import Conversation, Message

PAGE = conversations.PAGE
MOST_UNENDED = 1000
MOST_SENT = 50

log = structlog.get_logger()
LOOK_AGAIN_SECONDS = 15.0
"""The floor under being woken: a wake from another gateway may get lost."""
TYPING_SECONDS = 1.0
"""A shopper's typing is passed on so often, to a person only."""
SEND_SECONDS = 30.0
"""A reader slower than this is let go; the client comes back and is served from the store."""


class Replaced(Exception):
    """Somebody else raised the level of the conversation: this socket's token opens nothing any more."""


@dataclass
class Visit:
    """A welcomed socket. Everything it shows is read from the store by seq; nothing is kept here but how far."""

    socket: web.WebSocketResponse
    store: Store
    live: Live
    rendering: Rendering
    accepted: Callable[[int], None]
    types: Callable[[int], None]  #: is told that the shopper types
    allowance: Allowance
    conversation: Conversation
    token: str
    sent: deque[str]  #: ids of this client's own messages, the newest last
    last_seq: int
    source: str
    secret: str  #: makes one-time codes
    _open_turns: list[int] = field(
        default_factory=list
    )  #: seqs of the shopper's messages whose end was not told
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    _typed_at: float = 0.0
    _told: dict[str, Any] = field(default_factory=dict)  #: the last status
    _leaving: bool = False

    async def run(self) -> None:
        """Until the visitor goes: frames in, news out."""
        woken = self.live.join(self.conversation.id)
        try:
            await self._welcome()
            pusher = asyncio.create_task(self._push(woken))
            try:
                async for received in self.socket:
                    if received.type is WSMsgType.TEXT:
                        await self._take(received.data)
                    elif received.type is WSMsgType.BINARY:
                        await self._error("bad_frame")
            finally:
                if not self._leaving:  # else it is saying goodbye
                    pusher.cancel()
                await asyncio.gather(pusher, return_exceptions=True)
        except Replaced:
            await self._let_go()
        finally:
            self.live.leave(self.conversation.id, woken)

    async def _welcome(self) -> None:
        # Read after joining: whatever is committed from now on wakes us.
        async with self.store.read() as session:
            row = await session.get_one(Conversation, self.conversation.id)
            missed = await conversations.transcript(session, row, after=self.last_seq, limit=PAGE)
            unended = await conversations.transcript(
                session, row, after=row.answered_seq, before=self.last_seq + 1, limit=MOST_UNENDED
            )
            status, frames = await status_of(session, row), await self._frames(session, missed)
            await self._still_opens(session)
        self._open_turns = [message.seq for message in unended if message.author == "shopper"]
        self._told = status
        await self._send(
            {
                "type": "welcome",
                "token": self.token,
                "conversation": {**status, "answered_seq": row.answered_seq},
                "last_seq": row.last_seq,
            }
        )
        async with self._sending:
            await self._show(row, frames, status)

    async def _push(self, woken: Woken) -> None:
        """Whenever woken: a new token after a rise in level; everything new, in order; then the ends of turns; then a
        changed status.

        A socket that can show nothing any more is closed: the client comes back and is served from the store.
        """
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), LOOK_AGAIN_SECONDS)
                typing = woken.look()
                async with self._sending:
                    async with self.store.read() as session:
                        row = await session.get_one(Conversation, self.conversation.id)
                        news = await conversations.transcript(
                            session, row, after=self.last_seq, limit=10 * PAGE
                        )
                        status, frames = await status_of(session, row), await self._frames(session, news)
                        holds = await self._still_opens(session)
                    if not holds:
                        await self._renew(row)
                    await self._show(row, frames, status)
                    if row.status == "agent" and ("agent", row.id) in typing:
                        await self._send({"type": "typing", "author": "agent"})
        except Replaced:
            await self._let_go()
        except Exception as error:
            log.warning("socket let go", conversation=self.conversation.public_id, error=type(error).__name__)
            await self._let_go()

    async def _still_opens(self, session: AsyncSession) -> bool:
        """Whether the token holds, or a new one is due; raises Replaced where it opens nothing any more.

        Asked after what is shown was read: a token is replaced in the commit of the rise, so whoever has read something
        of the risen level sees it replaced.
        """
        conversation, holds = await visitors.opened_by(session, self.token, sent=self.sent)
        if conversation is None:
            raise Replaced
        return holds

    async def _renew(self, row: Conversation) -> None:
        async with self.store.write() as session:
            self.token = await visitors.new_token(session, row)
        await self._send({"type": "token", "token": self.token})

    async def _let_go(self) -> None:
        """The client comes back. After a rise another tab of the same browser has the new token; who copied the old one
        has not."""
        self._leaving = True
        await self.socket.close(code=1012, message=b"come back")

    async def _show(self, row: Conversation, news: list[dict[str, Any]], status: dict[str, Any]) -> None:
        for frame in news:
            await self._send(frame)
            self.last_seq = frame["seq"]
            if frame["author"] == "shopper" and frame["seq"] not in self._open_turns:
                self._open_turns.append(frame["seq"])
        for seq in [seq for seq in self._open_turns if seq <= row.answered_seq]:
            await self._send({"type": "turn_end", "in_reply_to": seq})
            self._open_turns.remove(seq)
        if status != self._told:
            self._told = status
            await self._send({"type": "status", **status})

    async def _frames(self, session: AsyncSession, messages: Sequence[Message]) -> list[dict[str, Any]]:
        names = await handoffs_list.names_of(session, messages)
        return [message_frame(m, names.get(m.staff_id) if m.staff_id else None) for m in messages]

    async def _take(self, data: str) -> None:
        try:
            frame = read_frame(data)
            await self._do(frame)
        except BadFrame as bad:
            await self._error(bad.code, bad.about)
        except Replaced:
            await self._let_go()

    async def _do(self, frame: Frame) -> None:
        match frame:
            case Text(id=id_, text=text):
                await self._accept(Incoming(external_id=str(id_), text=text, source=self.source))
            case Press(id=id_, button=token):
                await self._accept(Incoming(external_id=str(id_), button=token, source=self.source))
            case ChooseLanguage(language=language):
                self._allow(None)
                async with self.store.write() as session:
                    row = await session.get_one(Conversation, self.conversation.id)
                    await self._still_opens(session)
                    await conversations.choose_language(session, row, language)
                self.accepted(self.conversation.id)
            case History(before=before):
                self._allow(None)
                async with self.store.read() as session:
                    older = await conversations.transcript(
                        session, self.conversation, before=before, limit=PAGE
                    )
                    frames = await self._frames(session, older)
                    await self._still_opens(session)
                await self._send({"type": "history", "messages": frames})
            case Typing():
                now = time.monotonic()
                if self._told["status"] == "agent" and now - self._typed_at > TYPING_SECONDS:
                    self._typed_at = now
                    self.types(self.conversation.id)
            case Hello():
                raise BadFrame("bad_frame")

    async def _accept(self, incoming: Incoming) -> None:
        """Commit, then acknowledge, then let it be answered; nothing newer is shown before the acknowledgement."""
        self._allow(incoming.external_id)
        self.sent.append(incoming.external_id)
        async with self._sending:
            try:
                message, new = await inbox.accept(
                    self.store,
                    self.conversation,
                    incoming,
                    secret=self.secret,
                    allowed=self._still_opens,
                )
            except NotFound:
                raise BadFrame("expired_button", incoming.external_id) from None
            await self._send({"type": "ack", "id": incoming.external_id, "seq": message.seq})
        if new:
            metrics.accepted.labels("website").inc()
        self.accepted(self.conversation.id)

    def _allow(self, about: str | None) -> None:
        """Everything that costs a look into the store is counted."""
        if not self.allowance.take(str(self.conversation.id)):
            raise BadFrame("slow_down", about)

    async def _error(self, code: str, about: str | None = None) -> None:
        metrics.errors_told.labels(code).inc()
        text = self.rendering.text(f"utter_error_{code}", self._told["language"])
        await self._send({"type": "error", "code": code, "id": about, "text": text})

    async def _send(self, frame: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self.socket.send_json(frame)
