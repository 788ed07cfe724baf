"""Shoppers at their widgets: keep a message until its acknowledgement, send it again after a reconnect, show by seq."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from tests.rig.checker import NOTICES, Event

RECONNECT_SECONDS = (0.02, 0.2)
CONNECT_SECONDS = 5.0


class Shopper:
    """One browser. `events` is everything that it sent and that came, in order, over all its connections."""

    def __init__(self, url: str, *, name: str = "", language: str = "en") -> None:
        self.name = name
        self.events: list[Event] = []
        self.facts: dict[str, str] = {}  #: what this shopper knows: an order's number, an address
        self.token: str | None = None
        self.connections = 0
        self._url = url
        self._language = language
        self._last_seq = 0
        self._answered = 0  #: the newest turn that a welcome said was over
        self._ended: set[int] = set()
        self._seqs: dict[str, int] = {}
        self._unacknowledged: dict[str, dict[str, Any]] = {}  #: frames by id, in the order they were written
        self._on_this_socket: set[str] = set()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._sending = asyncio.Lock()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def say(self, text: str) -> str:
        """Send a message, at once or when the socket is open again; returns its id."""
        return await self._send({"type": "message", "id": str(uuid.uuid4()), "text": text}, text)

    async def press(self, button: str, title: str) -> str:
        return await self._send({"type": "button", "id": str(uuid.uuid4()), "button": button}, title)

    async def ask(self, text: str, seconds: float = 30.0) -> list[Event]:
        """Say something and wait until its turn has ended; the bot's lines that answer it, notices left out."""
        return await self.answers(await self.say(text), seconds)

    async def answers(self, id_: str, seconds: float = 30.0) -> list[Event]:
        """The lines that answer the message with this id, once its turn has ended. Raises TimeoutError."""
        await self.until(lambda: self.has_ended(id_), seconds)
        lines = []
        for event in reversed(self.events):
            if event["type"] == "sent" and event["id"] == id_:
                break
            if (
                event["type"] == "message"
                and event["in_reply_to"] == self._seqs[id_]
                and event["name"] not in NOTICES
            ):
                lines.append(event)
        return lines[::-1]

    async def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait until something is true of what came. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():
                self._news.clear()
                await self._news.wait()

    def has_ended(self, id_: str) -> bool:
        """Whether the turn of this message is over: told by its end, or by the welcome of a later connection."""
        seq = self._seqs.get(id_)
        return seq is not None and (seq in self._ended or seq <= self._answered)

    def is_idle(self) -> bool:
        """Nothing of this shopper is on its way any more."""
        return not self._unacknowledged and all(self.has_ended(id_) for id_ in self._seqs)

    async def open(self, http: aiohttp.ClientSession) -> None:
        """Begin, and keep a socket open until `close`."""
        self._task = asyncio.create_task(self._stay(http))
        await self.until(lambda: self.token is not None, 30)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def cut(self) -> None:
        """Lose the connection now; the next one is opened at once."""
        if self._socket:
            await self._socket.close()

    async def _send(self, frame: dict[str, Any], text: str) -> str:
        self.events.append({"type": "sent", "id": frame["id"], "text": text})
        self._unacknowledged[frame["id"]] = frame
        await self._flush()
        return str(frame["id"])

    async def _flush(self) -> None:
        """Whatever this socket has not carried yet, in the order it was written."""
        async with self._sending:
            for id_, frame in list(self._unacknowledged.items()):
                if self._socket is None or self._socket.closed:
                    return
                if id_ not in self._on_this_socket:
                    self._on_this_socket.add(id_)
                    with suppress(ConnectionResetError, aiohttp.ClientError):
                        await self._socket.send_json(frame)

    async def _stay(self, http: aiohttp.ClientSession) -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                await self._visit(http)
            await asyncio.sleep(random.uniform(*RECONNECT_SECONDS))

    async def _visit(self, http: aiohttp.ClientSession) -> None:
        async with asyncio.timeout(CONNECT_SECONDS):
            socket = await http.ws_connect(f"{self._url}/chat/v1/ws", origin=self._url)
        try:
            hello = {
                "type": "hello",
                "token": self.token,
                "last_seq": self._last_seq,
                "sent": list(self._seqs)[-10:] + list(self._unacknowledged)[-10:],
                "language": self._language,
            }
            await socket.send_json(hello)
            async for received in socket:
                if received.type is aiohttp.WSMsgType.TEXT:
                    await self._take(json.loads(received.data), socket)
        finally:
            self._socket = None
            with suppress(Exception):
                await asyncio.wait_for(socket.close(), 1)

    async def _take(self, frame: dict[str, Any], socket: aiohttp.ClientWebSocketResponse) -> None:
        self.events.append(frame)
        match frame["type"]:
            case "welcome":
                self.token = frame["token"]
                self.connections += 1
                self._answered = max(self._answered, frame["conversation"]["answered_seq"])
                self._socket, self._on_this_socket = socket, set()
                await self._flush()
            case "token":
                self.token = frame["token"]
            case "ack":
                self._unacknowledged.pop(frame["id"], None)
                self._seqs.setdefault(frame["id"], frame["seq"])
            case "turn_end":
                self._ended.add(frame["in_reply_to"])
            case "message":
                self._last_seq = max(self._last_seq, frame["seq"])
        self._news.set()


@asynccontextmanager
async def swarm(url: str, size: int, *, language: str = "en") -> AsyncIterator[list[Shopper]]:
    """So many shoppers with open sockets; closed at the end."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        shoppers = [Shopper(url, name=f"shopper {n}", language=language) for n in range(1, size + 1)]
        try:
            await asyncio.gather(*(shopper.open(http) for shopper in shoppers))
            yield shoppers
        finally:
            await asyncio.gather(*(shopper.close() for shopper in shoppers))


async def settle(shoppers: list[Shopper], *, seconds: float, quiet: float = 5.0) -> bool:
    """Wait until nothing is on its way any more; False when nothing came for `quiet` seconds, or time is over."""
    loop = asyncio.get_running_loop()
    end, seen, since = loop.time() + seconds, -1, loop.time()
    while loop.time() < end:
        if all(shopper.is_idle() for shopper in shoppers):
            return True
        now = sum(len(shopper.events) for shopper in shoppers)
        if now != seen:
            seen, since = now, loop.time()
        elif loop.time() - since > quiet:
            return False
        await asyncio.sleep(0.1)
    return False
