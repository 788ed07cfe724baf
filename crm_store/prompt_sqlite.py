"""SQLite without two threads for every call: what cannot wait is done at once, in the event loop.

aiosqlite hands each call to a thread and back, four times for one SELECT, and that cost more than the SELECTs did
(docs/decisions/0008). Only what may wait for another process, or for the disk, still goes
to the thread: opening, beginning to write, committing. Readings that may take long belong to `Store.report()`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

MAY_WAIT = ("PRAGMA", "BEGIN IMMEDIATE", "COMMIT")


class PromptConnection(aiosqlite.Connection):
    """An aiosqlite connection that answers at once where SQLite does.

    Never two threads at once on one connection, which would crash the process: whoever waited for the thread may have
    been cancelled, and the thread is at work still. Then the rollback and the close that follow wait behind it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._handed = self._done = (
            0  #: calls of the thread's; the first is counted by the loop, the second by it
        )

    async def _execute(self, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
        held = self._connection
        statement = args[0] if args and isinstance(args[0], str) else ""
        at_work = self._handed != self._done
        if held is None or at_work or fn == held.commit or statement.startswith(MAY_WAIT):
            self._handed += 1
            return await super()._execute(self._count, fn, *args, **more)  # type: ignore[no-untyped-call]
        return fn(*args, **more)

    def _count(self, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
        try:
            return fn(*args, **more)
        finally:
            self._done += 1


def prompt(database: str, **more: Any) -> PromptConnection:
    """What SQLAlchemy's aiosqlite dialect calls to open a connection."""
    connection = PromptConnection(lambda: sqlite3.connect(database, **more), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does: an unclosed store must not keep the process alive
    return connection
