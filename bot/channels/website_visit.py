"""One open socket: what the visitor sends goes into the inbox; what is new goes out on its screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WSMsgType

from bot import inbox, metrics
from bot.channels.frames import ChooseLanguage, Frame, Hello, History, Press, Typing, read_frame
from bot.channels.limits import Allowance
from bot.channels.website_screen import Replaced, Screen
from bot.frames import BadFrame, Text
from bot.live import Live
from bot.messages import Incoming
from crm_store import conversations
from crm_store.db import Store
from crm_store.errors import NotFound
from crm_store.models import Conversation

TYPING_SECONDS = 1.0
"""A shopper's typing is passed on so often, to a person only."""


@dataclass
class Visit:
    """A welcomed socket: its screen, and what is done with the frames that come."""

    screen: Screen
    store: Store
    live: Live
    accepted: Callable[[int], None]
    types: Callable[[int], None]  #: is told that the shopper types
    allowance: Allowance
    conversation: Conversation
    source: str
    secret: str  #: makes one-time codes
    _typed_at: float = 0.0

    async def run(self) -> None:
        """Until the visitor goes: frames in, news out."""
        woken = self.live.join(self.conversation.id)
        try:
            await self.screen.welcome()
            self.screen.socket.language = lambda: self.screen.status["language"]
            pusher = asyncio.create_task(self.screen.push(woken))
            try:
                async for received in self.screen.socket:
                    if received.type is WSMsgType.TEXT:
                        await self._take(received.data)
                    elif received.type is WSMsgType.BINARY:
                        await self._error("bad_frame")
            finally:
                if not self.screen.leaving:  # else it is saying goodbye
                    pusher.cancel()
                await asyncio.gather(pusher, return_exceptions=True)
        except Replaced:
            await self.screen.let_go()
        finally:
            self.live.leave(self.conversation.id, woken)

    async def _take(self, data: str) -> None:
        try:
            frame = read_frame(data)
            await self._do(frame)
        except BadFrame as bad:
            await self._error(bad.code, bad.about)
        except Replaced:
            await self.screen.let_go()

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
                    await self.screen.still_opens(session)
                    await conversations.choose_language(session, row, language)
                self.accepted(self.conversation.id)
            case History(before=before):
                self._allow(None)
                await self.screen.history(before)
            case Typing():
                now = time.monotonic()
                if self.screen.status["status"] == "agent" and now - self._typed_at > TYPING_SECONDS:
                    self._typed_at = now
                    self.types(self.conversation.id)
            case Hello():
                raise BadFrame("bad_frame")

    async def _accept(self, incoming: Incoming) -> None:
        """Commit, then acknowledge, then let it be answered; nothing newer is shown before the acknowledgement."""
        self._allow(incoming.external_id)
        self.screen.sent.append(incoming.external_id)
        async with self.screen.showing:
            try:
                message, new = await inbox.accept(
                    self.store,
                    self.conversation,
                    incoming,
                    secret=self.secret,
                    allowed=self.screen.still_opens,
                )
            except NotFound:
                raise BadFrame("expired_button", incoming.external_id) from None
            await self.screen.send({"type": "ack", "id": incoming.external_id, "seq": message.seq})
        if new:
            metrics.accepted.labels("website").inc()
        self.accepted(self.conversation.id)

    def _allow(self, about: str | None) -> None:
        """Everything that costs a look into the store is counted."""
        if not self.allowance.take(str(self.conversation.id)):
            raise BadFrame("slow_down", about)

    async def _error(self, code: str, about: str | None = None) -> None:
        await self.screen.socket.error(code, about)
