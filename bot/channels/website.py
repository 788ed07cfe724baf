"""The website channel, version 1: JSON frames over one WebSocket at /chat/v1/ws (design §8)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiohttp import WSMsgType, web

from barev.settings import Settings
from bot import metrics
from bot.channels.frames import Hello, read_frame
from bot.channels.limits import Allowance
from bot.channels.website_screen import Screen
from bot.channels.website_socket import Socket, browser_language
from bot.channels.website_visit import Visit
from bot.frames import BadFrame
from bot.live import Live
from bot.messages import Reply
from bot.rendering import Rendering
from bot.sign_in import visitors
from bot.sign_in.addresses import address_of
from crm_store import conversations, shop
from crm_store.db import Store
from crm_store.models import Conversation

HELLO_SECONDS = 5.0
SOCKETS_PER_VISITOR = 5
MOST_SENT = 50
NEW_TOKENS_PER_HOUR = 30
"""Hellos with a token that was replaced, for each conversation: every one of them makes a row."""

log = structlog.get_logger()


@dataclass
class Website:
    """Opens sockets for visitors. `accepted` is told the conversation's row id after a message's commit."""

    store: Store
    settings: Settings
    rendering: Rendering
    live: Live
    accepted: Callable[[int], None]
    types: Callable[[int], None]  #: is told the conversation's row id when its shopper types
    secret: str  #: makes one-time codes, and hashes of where messages come from

    def __post_init__(self) -> None:
        self._newcomers = Allowance(self.settings.new_conversations_per_hour, 3600)
        self._messages = Allowance(self.settings.messages_per_minute, 60)
        self._renewals = Allowance(NEW_TOKENS_PER_HOUR, 3600)
        self._sockets: set[Socket] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/chat/v1/ws", self.open)]

    async def open(self, request: web.Request) -> web.StreamResponse:
        """One socket from its opening to its end. Only pages of known origins may open one."""
        if request.headers.get("Origin") not in self.settings.origins:
            raise web.HTTPForbidden(text="this page may not open the chat")
        language = browser_language(request) or await self._shop_language()
        socket = Socket(self.rendering, lambda: language)
        await socket.prepare(request)
        self._sockets.add(socket)
        metrics.open_sockets.inc()
        try:
            visit = await self._welcome(socket, request)
            if visit:
                await visit.run()
        except (ConnectionResetError, TimeoutError):
            pass  # the browser went away; what it sent is stored, what it missed waits for its return
        finally:
            metrics.open_sockets.dec()
            self._sockets.discard(socket)
            await socket.close()
        return socket

    async def close(self) -> None:
        """The gateway stops: clients are told to come back."""
        await asyncio.gather(*(s.close(code=1012, message=b"restart") for s in list(self._sockets)))

    async def _welcome(self, socket: Socket, request: web.Request) -> Visit | None:
        """The hello, and the conversation that its token opens; without a token a new visitor."""
        try:
            hello = await self._hello(socket)
            if chosen := hello.language:
                socket.language = lambda: chosen
            language = chosen or await self._shop_language()
            token, conversation = await self._visitor(hello, request, language)
        except BadFrame as bad:
            await socket.error(bad.code)
            return None
        socket.language = lambda: conversation.language
        if self.live.count(conversation.id) >= SOCKETS_PER_VISITOR:
            await socket.error("slow_down")
            return None
        screen = Screen(
            socket=socket,
            store=self.store,
            conversation=conversation,
            token=token,
            sent=deque(hello.sent, MOST_SENT),
            last_seq=min(hello.last_seq, conversation.last_seq),
        )
        return Visit(
            screen=screen,
            store=self.store,
            live=self.live,
            accepted=self.accepted,
            types=self.types,
            allowance=self._messages,
            conversation=conversation,
            source=self._source(request),
            secret=self.secret,
        )

    async def _hello(self, socket: Socket) -> Hello:
        first = await socket.receive(timeout=HELLO_SECONDS)
        if socket.closed:  # the browser went away, or has been told that its frame was too large
            raise ConnectionResetError
        frame = read_frame(first.data) if first.type is WSMsgType.TEXT else None
        if not isinstance(frame, Hello):
            raise BadFrame("unauthorized" if frame else "bad_frame")
        return frame

    async def _visitor(self, hello: Hello, request: web.Request, language: str) -> tuple[str, Conversation]:
        if hello.token:
            async with self.store.read() as session:
                known, holds = await visitors.opened_by(session, hello.token, sent=hello.sent)
            if known is None:
                raise BadFrame("unauthorized")
            if holds:
                return hello.token, known
            if not self._renewals.take(str(known.id)):
                raise BadFrame("slow_down")
            async with self.store.write() as session:
                token, opened = await visitors.renewed(session, hello.token, sent=hello.sent)
            if token is None or opened is None:
                raise BadFrame("unauthorized")
            return token, opened
        if not self._newcomers.take(address_of(request, self.settings.proxies)):
            raise BadFrame("slow_down")
        async with self.store.write() as session:
            token, conversation = await visitors.new_visitor(session, language=language)
            (line,) = await self.rendering.lines(session, conversation, [Reply("utter_welcome")])
            await conversations.tell(session, conversation, line)
        return token, conversation

    async def _shop_language(self) -> str:
        async with self.store.read() as session:
            the_shop = await shop.the_shop(session)
        return the_shop.default_language if the_shop else "en"

    def _source(self, request: web.Request) -> str:
        """The address a message comes from, as a keyed hash: guesses are counted by it, nobody can read it."""
        address = address_of(request, self.settings.proxies)
        return hmac.new(self.secret.encode(), address.encode(), hashlib.sha256).hexdigest()[:24]
