"""Keep updates for good: what comes while one commit is under way shares the next, so forty calls cost two commits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from crm_store import telegram
from crm_store.db import Store

log = structlog.get_logger()


@dataclass
class _Batch:
    updates: list[object] = field(default_factory=list)
    committed: bool | None = None  #: None: not tried yet


class Intake:
    """`kept` is called after each commit."""

    def __init__(self, store: Store, bot_id: str, kept: Callable[[], None]) -> None:
        self._store = store
        self._bot_id = bot_id
        self._kept = kept
        self._open = _Batch()
        self._row = asyncio.Lock()

    async def take(self, updates: list[object]) -> None:
        """Returns when these are committed; raises what the store raises."""
        batch = self._open
        batch.updates += updates
        async with self._row:
            if batch.committed is None:
                self._open = _Batch()
                try:
                    await self._write(batch.updates)
                    batch.committed = True
                except Exception as error:
                    batch.committed = False
                    log.warning("updates could not be kept together", why=type(error).__name__)
            if not batch.committed:
                await self._write(updates)  # one that the store refuses must not stop the others
        self._kept()

    async def _write(self, updates: list[object]) -> None:
        async with self._store.write() as session:
            await telegram.take(session, self._bot_id, updates)
