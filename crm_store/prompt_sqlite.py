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
    """An aiosqlite connection that answers at once where SQLite does."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
        held = self._connection
        statement = args[0] if args and isinstance(args[0], str) else ""
        if held is None or fn == held.commit or statement.startswith(MAY_WAIT):
            return await super()._execute(fn, *args, **more)  # type: ignore[no-untyped-call]
        return fn(*args, **more)


def prompt(database: str, **more: Any) -> PromptConnection:
    """What SQLAlchemy's aiosqlite dialect calls to open a connection."""
    connection = PromptConnection(lambda: sqlite3.connect(database, **more), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does: an unclosed store must not keep the process alive
    return connection
