"""A Rasa for tests of the gateway: speaks the turn contract and behaves as badly as it is told to."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from aiohttp import web


class StubRasa:
    """Answers each turn with what `script` says: replies, a status, or an exception to raise."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.asked: list[dict[str, Any]] = []
        self.script: Callable[[dict[str, Any]], Any] = lambda turn: [{"name": "utter_greet"}]
        self.delay = 0.0
        self.form: str | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/gateway/turn", self._turn)
        return app

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Barev-Secret") != self.secret:
            return web.json_response({}, status=401)
        turn = await request.json()
        self.asked.append(turn)
        await asyncio.sleep(self.delay)
        answer = self.script(turn)
        if inspect.isawaitable(answer):  # an action that does something in the store
            answer = await answer
        if isinstance(answer, int):
            return web.json_response({}, status=answer)
        if isinstance(answer, str):
            return web.Response(text=answer, content_type="application/json")
        body = {
            "id": turn["id"],
            "replies": answer,
            "form": self.form,
            "intent": {"name": "greet"},
            "turn_end": turn["id"],
        }
        return web.json_response(body)
