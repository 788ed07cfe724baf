"""A Bot API for tests: takes what the bot sends, hands out updates, enforces Telegram's limits, and fails on request.

It stands for the Telegram cloud, which cannot run here. Everything that it took lies in `sent`, by chat.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "4711:AAF-a_token_of_nobody"
SECRET = "X-Telegram-Bot-Api-Secret-Token"
OVERALL, CHAT_BURST, CHAT_RATE = 30, 4, 1.05
"""Messages a second over all; a chat's messages at once; and how many a second it gets back."""

Update = dict[str, Any]

_update_ids = itertools.count(900_001)
"""Of the one bot, whichever fake stands for the cloud: a gateway takes an id that it knows for a repetition."""


@dataclass
class Sent:
    """A message that reached its chat."""

    chat: int
    text: str
    id: int
    at: float
    buttons: list[dict[str, str]] = field(default_factory=list)
    keyboard: list[dict[str, Any]] = field(
        default_factory=list
    )  #: buttons in the place of the shopper's keyboard


class FakeTelegram:
    """`fault(method, parameters)` says how a call fails: None, "429", "500", "lost" (done, but the answer gets lost),
    "400". `chance` makes polling repeat and shuffle what it hands out."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self.sent: dict[int, list[Sent]] = defaultdict(list)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.history: dict[int, list[Update | Sent]] = defaultdict(list)  #: both sides, as they were shown
        self.refused: Counter[str] = Counter()
        self.lost = 0  #: messages that were taken, and the answer got lost: these may come twice
        self.blocked: set[int] = set()
        self.keyboards: dict[
            int, list[dict[str, Any]]
        ] = {}  #: what stands in the place of a chat's keyboard now
        self.fault: Callable[[str, dict[str, Any]], str | None] = lambda method, parameters: None
        self.retry_after = 1
        self.while_closed = 0  #: requests that came while the bot had to be silent
        self._chance = chance
        self._closed_until = 0.0
        self._overall: deque[float] = deque()
        self._left: dict[int, tuple[float, float]] = {}
        self._ids = itertools.count(1)
        self._waiting: list[Update] = []
        self._news = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", f"/bot{TOKEN}/{{method}}", self._call)
        return app

    # What people do

    def update(self, **content: Any) -> Update:
        """The next update, as raw JSON."""
        return {"update_id": next(_update_ids), **content}

    def text(self, chat: int, text: str | None = None, /, *, language: str = "en", **more: Any) -> Update:
        """A message in a private chat; without text what `more` says."""
        content = {} if text is None else {"text": text}
        return self.update(
            message={
                "message_id": next(self._ids),
                "date": int(time.time()),
                "chat": {"id": chat, "type": "private", "first_name": "N."},
                "from": {"id": chat, "is_bot": False, "first_name": "N.", "language_code": language},
                **content,
                **more,
            }
        )

    def press(self, chat: int, data: str) -> Update:
        """A pressed button under the newest message."""
        under = self.text(chat, "…")["message"]
        query = {"id": str(next(self._ids)), "from": under["from"], "message": under, "data": data}
        return self.update(callback_query={**query, "chat_instance": "1"})

    def share(self, chat: int, phone: str, *, of: int | None, language: str = "en") -> Update:
        """A contact, sent by the keyboard's button or forwarded: `of` is the account that it belongs to, if any."""
        contact = {"phone_number": phone, "first_name": "N.", **({"user_id": of} if of else {})}
        return self.text(chat, contact=contact, language=language)

    def hand_out(self, *updates: Update) -> None:
        """For a bot that polls."""
        for update in updates:
            if message := update.get("message"):
                self.history[message["chat"]["id"]].append(message)
        self._waiting.extend(updates)
        self._news.set()

    def texts(self, chat: int) -> list[str]:
        return [one.text for one in self.sent[chat]]

    def named(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    # What the bot calls

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        parameters = {key: _read(key, value) for key, value in (await request.post()).items()}
        if method == "getUpdates":
            return await self._get_updates(parameters)
        self.calls.append((method, parameters))
        now = time.monotonic()
        if now < self._closed_until:
            self.while_closed += 1
        fault = self.fault(method, parameters) or self._over_limit(method, parameters, now)
        if fault == "429":
            self._closed_until = now + self.retry_after
            return self._refuse(429, "Too Many Requests", parameters={"retry_after": self.retry_after})
        if fault == "500":
            return self._refuse(502, "Bad Gateway")
        if fault == "400":
            return self._refuse(400, "Bad Request: message is bad")
        chat = parameters.get("chat_id")
        if chat in self.blocked:
            return self._refuse(403, "Forbidden: bot was blocked by the user")
        result = self._take(chat, parameters) if method == "sendMessage" else True
        if fault == "lost":
            self.lost += method == "sendMessage"
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response({"ok": True, "result": result})

    def _take(self, chat: Any, parameters: dict[str, Any]) -> dict[str, Any]:
        markup = parameters.get("reply_markup") or {}
        buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
        keyboard = [button for row in markup.get("keyboard", []) for button in row]
        assert not (buttons and keyboard)
        assert all(1 <= len(button["callback_data"].encode()) <= 64 for button in buttons)
        assert 1 <= len(parameters["text"].encode("utf-16-le")) // 2 <= 4096
        sent = Sent(chat, parameters["text"], next(self._ids), time.monotonic(), buttons, keyboard)
        self.sent[chat].append(sent)
        self.history[chat].append(sent)
        if keyboard:
            self.keyboards[chat] = keyboard
        elif markup.get("remove_keyboard"):
            self.keyboards.pop(chat, None)
        return {"message_id": sent.id, "date": 0, "chat": {"id": chat, "type": "private"}, "text": sent.text}

    def _over_limit(self, method: str, parameters: dict[str, Any], now: float) -> str | None:
        if method != "sendMessage":
            return None
        chat = parameters["chat_id"]
        while self._overall and now - self._overall[0] >= 1:
            self._overall.popleft()
        left, at = self._left.get(chat, (float(CHAT_BURST), now))
        left = min(CHAT_BURST, left + (now - at) * CHAT_RATE)
        if left < 1 or len(self._overall) >= OVERALL:
            return "429"
        self._left[chat] = (left - 1, now)
        self._overall.append(now)
        return None

    def _refuse(self, status: int, why: str, **more: Any) -> web.Response:
        self.refused[str(status)] += 1
        return web.json_response(
            {"ok": False, "error_code": status, "description": why, **more}, status=status
        )

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        """What is not acknowledged by the offset; sometimes what is, and sometimes out of order."""
        offset = parameters.get("offset", 0)
        again = bool(self._chance and self._chance.random() < 0.3)
        if not again:
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._news.clear()
            try:
                async with asyncio.timeout(min(parameters.get("timeout", 0), 0.3)):
                    await self._news.wait()
            except TimeoutError:
                pass
        batch = self._waiting[:100]
        if self._chance:
            batch = self._chance.sample(batch, len(batch))
            await asyncio.sleep(0.01)
        return web.json_response({"ok": True, "result": batch})


def one_in_seven_fails(chance: random.Random) -> Callable[[str, dict[str, Any]], str | None]:
    """A `fault`: of messages sent and buttons answered some are refused, some get lost, some only their answer."""

    def fault(method: str, parameters: dict[str, Any]) -> str | None:
        if method not in ("sendMessage", "answerCallbackQuery"):
            return None
        return chance.choice(["429", "500", "lost", *[None] * 18])

    return fault


async def push(
    url: str, secret: str | None, updates: Sequence[Update], *, connections: int = 40
) -> tuple[Counter[int], list[float]]:
    """Deliver updates to a webhook over so many connections, in about this order: statuses, and seconds of each."""
    left = iter(updates)
    statuses: Counter[int] = Counter()
    seconds: list[float] = []
    headers = {} if secret is None else {SECRET: secret}

    async def connection(http: aiohttp.ClientSession) -> None:
        for update in left:
            began = time.monotonic()
            async with http.post(url, json=update, headers=headers) as answer:
                statuses[answer.status] += 1
            seconds.append(time.monotonic() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as http:
        await asyncio.gather(*(connection(http) for _ in range(connections)))
    return statuses, seconds


def _read(key: str, value: Any) -> Any:
    """Parameters come as a form; what is no plain text is JSON in it."""
    if key == "text":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
