"""Long polling by a loop of our own: the library's acknowledges before anything is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram_pace import Pace
from bot.channels.telegram_sending import REFUSED_SECONDS, seconds_of
from bot.channels.telegram_updates import WANTED

POLL_SECONDS = 25
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

log = structlog.get_logger()


async def poll(bot: Bot, take: Callable[[list[object]], Awaitable[None]]) -> None:
    """Fetch raw updates until cancelled; `take` commits them, and only then the next request acknowledges them."""
    offset: int | None = None
    pause = FIRST_PAUSE
    while True:
        asked: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": list(WANTED)}
        if offset is not None:
            asked["offset"] = offset
        try:
            raw: Any = await bot.do_api_request(
                "getUpdates", api_kwargs=asked, read_timeout=POLL_SECONDS + 10
            )
            updates = raw if isinstance(raw, list) else []
            if updates:
                await take(updates)
                ids = [one["update_id"] for one in updates if isinstance(one, dict) and "update_id" in one]
                offset = max(ids) + 1 if ids else offset
            pause = FIRST_PAUSE
        except Exception as error:  # Telegram or the store is away: Telegram keeps what was not acknowledged
            # Only the name: the text of some of them holds the token.
            log.warning("polling broke off", why=type(error).__name__)
            await asyncio.sleep(waiting(error, pause))
            pause = min(pause * 2, LONGEST_PAUSE)


async def until_done(what: str, work: Callable[[], Awaitable[object]], pace: Pace) -> None:
    """Something that Telegram must be told once; tried again until it has heard."""
    pause = FIRST_PAUSE
    while True:
        await asyncio.sleep(pace.closed())
        try:
            await work()
            return
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                pace.stop(seconds_of(error))
            log.warning("Telegram was not told", what=what, why=type(error).__name__)
            await asyncio.sleep(waiting(error, pause))
            pause = min(pause * 2, LONGEST_PAUSE)


def waiting(error: Exception, pause: float) -> float:
    """How long to wait after this failure."""
    if isinstance(error, RetryAfter):
        return seconds_of(error) + 0.1
    return REFUSED_SECONDS if isinstance(error, InvalidToken | EndPointNotFound) else pause
