"""Which sockets are open now, and waking them when there is something new."""

from __future__ import annotations

import asyncio

EVERYTHING = 0
"""Joined instead of a conversation (whose row ids begin at 1): woken by all of them."""
MOVED = "moved"
"""Rung at other gateways in place of who types: only sockets look, there is nothing to be answered."""


class Woken(asyncio.Event):
    """Says "look again". `typing`: who has typed where since the socket last looked, ("agent", 12)."""

    def __init__(self) -> None:
        super().__init__()
        self.typing: set[tuple[str, int]] = set()

    def look(self) -> set[tuple[str, int]]:
        """The socket looks now: who has typed meanwhile."""
        typing, self.typing = self.typing, set()
        self.clear()
        return typing


class Live:
    """The open sockets of this gateway by conversation."""

    def __init__(self) -> None:
        self._open: dict[int, set[Woken]] = {}

    def join(self, conversation_id: int) -> Woken:
        """A socket opens: what wakes it."""
        woken = Woken()
        self._open.setdefault(conversation_id, set()).add(woken)
        return woken

    def leave(self, conversation_id: int, woken: Woken) -> None:
        """A socket has closed."""
        sockets = self._open.get(conversation_id, set())
        sockets.discard(woken)
        if not sockets:
            self._open.pop(conversation_id, None)

    def wake(self, conversation_id: int, typing: str | None = None) -> None:
        """Something new lies in the conversation, or somebody types there ("agent", "shopper")."""
        for which in (conversation_id, EVERYTHING):
            for woken in self._open.get(which, ()):
                if typing:
                    woken.typing.add((typing, conversation_id))
                woken.set()

    def count(self, conversation_id: int) -> int:
        """How many sockets of a conversation are open here."""
        return len(self._open.get(conversation_id, ()))

    def wake_all(self) -> None:
        """Everyone looks again: after something may have been missed."""
        for sockets in self._open.values():
            for woken in sockets:
                woken.set()
