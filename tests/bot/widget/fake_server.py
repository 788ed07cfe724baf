"""A server that speaks the website protocol (design §8) by script: what the widget meets in these tests.

It keeps conversations in memory, as rows with a seq, and can misbehave on purpose: refuse, cut, keep acks back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.widget import pages

PAGE = 50
EMBED = (Path(__file__).parent / "embed.html").read_text("utf-8")


@dataclass
class Talk:
    """One conversation of the fake."""

    token: str
    language: str = "en"
    status: str = "bot"
    answered: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)  #: id of a message → its seq
    sockets: set[web.WebSocketResponse] = field(default_factory=set)

    def add(self, author: str, text: str, **more: Any) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        blank = {"name": None, "buttons": [], "card": None, "in_reply_to": None, "at": at}
        row = {"type": "message", "seq": len(self.rows) + 1, "author": author, "text": text, **blank, **more}
        self.rows.append(row)
        return row

    async def tell(self, frame: dict[str, Any]) -> None:
        for socket in list(self.sockets):
            await socket.send_json(frame)


def echo(text: str) -> list[dict[str, Any]]:
    return [{"text": f"You said: {text}"}]


@dataclass
class FakeBarev:
    """Start, script, look at `frames`. One port for its whole life, also over a restart."""

    answer: Callable[[str], list[dict[str, Any]]] = echo
    port: int = 0
    greeting: str | None = "Welcome!"
    refuse: bool = False  #: no socket is opened
    cut_before_ack: int = 0  #: so many messages are taken, then the line breaks before their ack
    keep_turns: bool = False  #: messages are taken and never answered
    errors: list[dict[str, Any]] = field(default_factory=list)  #: the next messages are refused with these
    shoppers: list[dict[str, Any]] | None = field(default_factory=list)  #: None: no demo data
    talks: dict[str, Talk] = field(default_factory=dict)
    frames: list[dict[str, Any]] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def talk(self) -> Talk:
        """The only conversation, or the newest."""
        return list(self.talks.values())[-1]

    def sent(self, type_: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == type_]

    async def start(self) -> None:
        app = web.Application()
        app.add_routes(
            [*pages.routes(), web.get("/chat/v1/ws", self._socket), web.get("/embed", self._embed)]
        )
        app.add_routes([web.get("/favicon.ico", self._nothing)])
        aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(pages.TEMPLATES))
        app[pages.SHOPPERS] = self._who
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.cut()
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def cut(self) -> None:
        """Every socket breaks."""
        for talk in self.talks.values():
            for socket in list(talk.sockets):
                talk.sockets.discard(socket)
                await socket.close(code=1012)

    async def say(self, text: str, author: str = "bot", **more: Any) -> None:
        """Something new in the newest conversation."""
        await self.talk.tell(self.talk.add(author, text, **more))

    async def _who(self) -> list[dict[str, Any]] | None:
        return self.shoppers

    async def _nothing(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _embed(self, request: web.Request) -> web.Response:
        text = EMBED.replace("SCRIPT", f'src="{request.query["src"]}" {request.query.get("options", "")}')
        return web.Response(text=text, content_type="text/html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.refuse:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        talk: Talk | None = None
        async for received in socket:
            frame = json.loads(received.data)
            self.frames.append(frame)
            if frame["type"] == "hello":
                talk = await self._hello(socket, frame)
            elif talk:
                await self._take(socket, talk, frame)
        if talk:
            talk.sockets.discard(socket)
        return socket

    async def _hello(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> Talk | None:
        token = frame["token"] or f"token-{len(self.talks) + 1}"
        if frame["token"] and token not in self.talks:
            await socket.send_json({"type": "error", "code": "unauthorized", "text": "no"})
            await socket.close()
            return None
        if token not in self.talks:
            self.talks[token] = Talk(token, frame["language"] or "en")
            if self.greeting:
                self.talks[token].add("bot", self.greeting)
        talk = self.talks[token]
        talk.sockets.add(socket)
        about = {"status": talk.status, "language": talk.language, "answered_seq": talk.answered}
        await socket.send_json(
            {"type": "welcome", "token": token, "conversation": about, "last_seq": len(talk.rows)}
        )
        for row in [row for row in talk.rows if row["seq"] > frame["last_seq"]][-PAGE:]:
            await socket.send_json(row)
        return talk

    async def _take(self, socket: web.WebSocketResponse, talk: Talk, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "message" | "button":
                await self._message(socket, talk, frame)
            case "language":
                talk.language = frame["language"]
            case "history":
                older = [row for row in talk.rows if row["seq"] < frame["before"]][-PAGE:]
                await socket.send_json({"type": "history", "messages": older})

    async def _message(self, socket: web.WebSocketResponse, talk: Talk, frame: dict[str, Any]) -> None:
        if self.errors:
            await socket.send_json({"type": "error", **self.errors.pop(0)})
            return
        new = frame["id"] not in talk.seqs
        if new:
            text = frame.get("text") or self._title(talk, frame["button"])
            talk.seqs[frame["id"]] = talk.add("shopper", text)["seq"]
        if self.cut_before_ack:
            self.cut_before_ack -= 1
            await self.cut()
            return
        seq = talk.seqs[frame["id"]]
        await socket.send_json({"type": "ack", "id": frame["id"], "seq": seq})
        if new:
            await talk.tell(talk.rows[seq - 1])
        if not self.keep_turns and talk.answered < seq:
            await self.turn(talk, seq)

    async def turn(self, talk: Talk, seq: int) -> None:
        """Answer a message and end its turn."""
        await asyncio.sleep(0.05)
        if talk.status == "bot":
            for reply in self.answer(talk.rows[seq - 1]["text"]):
                await talk.tell(talk.add("bot", **{"in_reply_to": seq, **reply}))
        talk.answered = seq
        await talk.tell({"type": "turn_end", "in_reply_to": seq})

    def _title(self, talk: Talk, token: str) -> str:
        titles = {b["button"]: b["title"] for row in talk.rows for b in row["buttons"]}
        return titles[token]
