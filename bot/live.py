"""Which sockets are open now, and waking them when their conversation has something new."""

from __future__ import annotations

import asyncio


class Live:
    """The open sockets of this gateway by conversation; each has an event that says "look again"."""

    def __init__(self) -> None:
        self._open: dict[int, set[asyncio.Event]] = {}

    def join(self, conversation_id: int) -> asyncio.Event:
        """A socket opens: the event that wakes it."""
        event = asyncio.Event()
        self._open.setdefault(conversation_id, set()).add(event)
        return event

    def leave(self, conversation_id: int, event: asyncio.Event) -> None:
        """A socket has closed."""
        sockets = self._open.get(conversation_id, set())
        sockets.discard(event)
        if not sockets:
            self._open.pop(conversation_id, None)

    def wake(self, conversation_id: int) -> None:
        """Something new lies in the conversation."""
        for event in self._open.get(conversation_id, ()):
            event.set()

    def count(self, conversation_id: int) -> int:
        """How many sockets of a conversation are open here."""
        return len(self._open.get(conversation_id, ()))

    def wake_all(self) -> None:
        """Everyone looks again: after something may have been missed."""
        for sockets in self._open.values():
            for event in sockets:
                event.set()
