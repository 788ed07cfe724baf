"""A socket of the website channel that can say what is wrong, also where a frame is too large to be read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSCloseCode, web

from barev.language import LANGUAGES
from bot import metrics
from bot.rendering import Rendering

LARGEST_FRAME = 256 * 1024
"""Bytes; far above any text that may be sent, so that a text that is too long is told so."""
HEARTBEAT_SECONDS = 25.0
SEND_SECONDS = 30.0
"""A reader slower than this is let go; the client comes back and is served from the store."""


class Socket(web.WebSocketResponse):
    """`language` tells at any time what its reader reads."""

    def __init__(self, rendering: Rendering, language: Callable[[], str]) -> None:
        super().__init__(compress=False, max_msg_size=LARGEST_FRAME, heartbeat=HEARTBEAT_SECONDS)
        self.rendering = rendering
        self.language = language

    async def error(self, code: str, about: str | None = None) -> None:
        """One `error` frame in the reader's language; `about` is the id of the frame that it is about."""
        metrics.errors_told.labels(code).inc()
        text = self.rendering.text(f"utter_error_{code}", self.language())
        async with asyncio.timeout(SEND_SECONDS):
            await self.send_json({"type": "error", "code": code, "id": about, "text": text})

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        """aiohttp closes by itself, inside `receive`, when a frame is too large: this is the last moment to say so."""
        if code == WSCloseCode.MESSAGE_TOO_BIG and not self.closed:
            with suppress(ConnectionResetError, TimeoutError):  # whoever sent it may not listen
                await self.error("too_long")
        return await super().close(code=code, message=message, drain=drain)


def browser_language(request: web.Request) -> str | None:
    """The first language of the browser that is one of ours."""
    wanted = re.findall(r"(?:^|,)\s*([a-z]{2})\b", request.headers.get("Accept-Language", "").lower())
    return next((language for language in wanted if language in LANGUAGES), None)
