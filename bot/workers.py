"""One worker per conversation that has something to answer; many conversations side by side."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection

import structlog

from bot.conversation import Turns
from crm_store import conversations_leases, conversations_waiting
from crm_store.db import Store

LOOK_AGAIN_SECONDS = 5.0
"""How often messages are looked for that nobody was woken for: the floor under every other way of waking."""
RENEW_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

log = structlog.get_logger()


class Workers:
    """Wakes a worker for a conversation; while one is at work, here or at another gateway, no second one begins."""

    def __init__(self, store: Store, turns: Turns) -> None:
        self._store = store
        self._turns = turns
        self._gateway = secrets.token_hex(8)
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()

    def wake(self, conversation_id: int) -> None:
        """Something lies there to be answered."""
        self._woken.add(conversation_id)
        if conversation_id not in self._at_work:
            self._at_work[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def look(self) -> None:
        """Take up, now and every few seconds, what lies unanswered: after a kill, and where a wake was lost."""
        while True:
            try:
                async with self._store.read() as session:
                    waiting = await conversations_waiting.unanswered(session)
                for conversation_id in waiting:
                    self.wake(conversation_id)
            except Exception as error:
                log.error("could not look for unanswered messages", exc_info=error)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def renew(self) -> None:
        """Keep the leases of the conversations at work: one that is not renewed may be taken over (PostgreSQL only)."""
        while not self._store.is_sqlite:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                async with self._store.write() as session:
                    await conversations_leases.renew(session, self._at_work.keys(), gateway=self._gateway)
            except Exception as error:
                log.error("could not renew leases", exc_info=error)

    async def stop(self) -> None:
        """End all work; what was not answered is taken up at the next start, or by another gateway at once."""
        at_work = dict(self._at_work)
        for task in at_work.values():
            task.cancel()
        await asyncio.gather(*at_work.values(), return_exceptions=True)
        try:
            await self._end_leases(at_work)
        except Exception as error:  # they run out by themselves
            log.error("could not end leases", exc_info=error)

    async def _work(self, conversation_id: int) -> None:
        pause = FIRST_PAUSE
        try:
            while conversation_id in self._woken:
                self._woken.discard(conversation_id)
                try:
                    if not await self._lease(conversation_id):
                        continue
                    while await self._turns.take(conversation_id):
                        pause = FIRST_PAUSE
                    await self._end_leases([conversation_id])
                except Exception as error:
                    # The database is away, or a defect: nothing is lost, the message is tried again.
                    log.error("turn broke off", conversation=conversation_id, exc_info=error)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    self._woken.add(conversation_id)
        finally:
            del self._at_work[conversation_id]

    async def _lease(self, conversation_id: int) -> bool:
        """SQLite has one gateway (held by a lock file), so there is nobody to share with."""
        if self._store.is_sqlite:
            return True
        async with self._store.write() as session:
            return bool(await conversations_leases.lease(session, [conversation_id], gateway=self._gateway))

    async def _end_leases(self, conversation_ids: Collection[int]) -> None:
        if conversation_ids and not self._store.is_sqlite:
            async with self._store.write() as session:
                await conversations_leases.end(session, conversation_ids, gateway=self._gateway)
