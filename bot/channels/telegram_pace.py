"""How fast we may send to Telegram: about 30 messages a second over all, one a second to a chat, and its own word."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable

OVERALL, FASTEST = 25.0, 28.0
"""Messages a second on the whole, and while a busy moment is caught up with; Telegram allows about 30."""
CATCH_UP = 3 / OVERALL
"""Seconds of a busy moment that are caught up with after it."""
BURST, CHAT_SECONDS = 3, 1.0
MOST_CHATS = 50_000


class Pace:
    """The limits of one bot, in memory: Telegram counts too, so nothing is lost by forgetting them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed_until = 0.0
        self._next_free = self._gone_at = 0.0
        self._row = asyncio.Lock()
        self._chats: OrderedDict[str, float] = OrderedDict()

    def stop(self, seconds: float) -> None:
        """Telegram said "retry after": the whole bot is silent so long, and a little longer."""
        self._closed_until = max(self._closed_until, self._clock() + seconds + random.uniform(0.1, 0.3))

    def closed(self) -> float:
        """Seconds until the bot may speak again."""
        return max(0.0, self._closed_until - self._clock())

    def chat(self, chat: str) -> float:
        """Use one of this chat's messages; or the seconds until there is one, and then nothing is used."""
        now = self._clock()
        used_up = max(self._chats.pop(chat, now), now)  # when all that was used is given back
        wait = used_up - now - (BURST - 1) * CHAT_SECONDS
        self._chats[chat] = used_up if wait > 0 else used_up + CHAT_SECONDS
        if len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)
        return max(0.0, wait)

    async def turn(self) -> None:
        """Wait for one's place in the row of all messages.

        One after the other: whoever wakes up late sends late, and does not go out together with the next ones.
        """
        async with self._row:
            await asyncio.sleep(self.place())
            self._gone_at = self._clock()

    def place(self) -> float:
        """The next place in the row; the seconds until it."""
        now = self._clock()
        due = max(now - CATCH_UP, self._next_free)
        self._next_free = due + 1 / OVERALL
        return max(0.0, due - now, self._gone_at + 1 / FASTEST - now)
