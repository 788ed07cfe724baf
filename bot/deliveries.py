"""Push what must be pushed: in order per conversation, again after a failure, once more after a kill."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import structlog

from bot import metrics
from crm_store import deliveries
from crm_store.db import Store
from crm_store.models import Delivery, Message

LOOK_AGAIN_SECONDS = 5.0
"""How often due deliveries are looked for that nobody was woken for."""
AT_ONCE = 8
SEND_SECONDS = 7.0
"""Shorter than a claim lasts (deliveries.LEASE), so a send is never still under way when another one begins."""
LAST_SECONDS = 3.0
"""How long sends under way may go on when the gateway stops: one that is cut off may reach the shopper twice."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
MOST_DEFECTS = 5
"""Attempts at a message whose sending raises what nobody foresaw; then the next one has its turn."""

log = structlog.get_logger()


class Later(Exception):
    """The channel did not take the message now. `seconds`: when to try again; None: after a growing pause.

    `tried=False`: nothing was sent (our own limits), so it does not count as an attempt.
    """

    def __init__(self, seconds: float | None = None, *, reason: str = "later", tried: bool = True) -> None:
        super().__init__(reason)
        self.seconds, self.reason, self.tried = seconds, reason, tried


class Never(Exception):
    """The channel will never take this message; `blocked`: nor any other for this address."""

    def __init__(self, reason: str, *, blocked: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.blocked = reason, blocked


class Sender(Protocol):
    """What a channel does with a message that must be pushed."""

    async def send(self, address: str, message: Message) -> str:
        """Hand the message over; returns the channel's own id of it. Raises Later or Never."""


class Deliveries:
    """The push loop. Without senders there is nothing to do, and what is queued waits."""

    def __init__(self, store: Store, senders: Mapping[str, Sender]) -> None:
        self._store = store
        self._senders = senders
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """A delivery may be due now."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is due, now and whenever woken, until cancelled; sends under way are ended first."""
        fresh = self._store.is_sqlite
        try:
            while self._senders:
                self._woken.clear()
                try:
                    if fresh:
                        await self._take_back()
                        fresh = False
                    await self._begin()
                except Exception as error:
                    log.error("could not look for deliveries", exc_info=error)
                await self._until_woken()
        finally:
            if self._sending:
                await asyncio.wait(self._sending, timeout=LAST_SECONDS)
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def _take_back(self) -> None:
        async with self._store.write() as session:
            await deliveries.take_back(session)

    async def _begin(self) -> None:
        free = AT_ONCE - len(self._sending)
        if free <= 0:
            return
        async with self._store.write() as session:
            claimed = await deliveries.claim(session, list(self._senders), limit=free)
        for delivery, message in claimed:
            task = asyncio.create_task(self._deliver(delivery, message))
            self._sending.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self.wake()  # the next of its conversation is due, and there is room for one more

    async def _until_woken(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _deliver(self, delivery: Delivery, message: Message) -> None:
        """One attempt and its end; if the end cannot be written, the claim runs out and it is tried again."""
        try:
            outcome = await self._attempt(delivery, message)
            async with self._store.write() as session:
                if isinstance(outcome, str):
                    await deliveries.sent(session, delivery, external_id=outcome)
                elif isinstance(outcome, Later):
                    pause = timedelta(seconds=self._pause(delivery, outcome))
                    await deliveries.put_off(
                        session, delivery, after=pause, reason=outcome.reason, tried=outcome.tried
                    )
                    asyncio.get_running_loop().call_later(pause.total_seconds(), self.wake)
                elif outcome.blocked:
                    await deliveries.blocked(session, delivery)
                else:
                    await deliveries.fail(session, delivery, reason=outcome.reason)
        except Exception as error:
            log.error("a delivery was not ended", delivery=delivery.id, exc_info=error)

    async def _attempt(self, delivery: Delivery, message: Message) -> str | Later | Never:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                external_id = await self._senders[delivery.channel].send(delivery.address, message)
        except Later as later:
            if later.tried:
                metrics.deliveries.labels(delivery.channel, "later").inc()
            return later
        except Never as never:
            metrics.deliveries.labels(delivery.channel, "never").inc()
            log.warning("a delivery failed for good", delivery=delivery.id, why=never.reason)
            return never
        except TimeoutError:
            metrics.deliveries.labels(delivery.channel, "later").inc()
            return Later(reason="no answer in time")
        except Exception as error:
            metrics.deliveries.labels(delivery.channel, "defect").inc()
            log.error("a send broke off", delivery=delivery.id, exc_info=error)
            name = type(error).__name__
            return Never(name) if delivery.attempts >= MOST_DEFECTS else Later(reason=name)
        metrics.deliveries.labels(delivery.channel, "sent").inc()
        return external_id

    def _pause(self, delivery: Delivery, later: Later) -> float:
        """1 s, 2 s, 4 s … 5 min, each a little shorter by chance, so that not all come back together."""
        if later.seconds is not None:
            return later.seconds
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(delivery.attempts - 1, 16)) * random.uniform(0.7, 1)
