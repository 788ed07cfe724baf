"""Where Rasa keeps its trackers: a database of its own, and the latest conversations ready in memory.

Rasa hides a failing store: a failed reading becomes an empty conversation, a failed saving goes to memory only. So
both are tried again first, and what still fails is counted in `failures`, which `/ready` tells; a turn whose
conversation cannot be read is not taken. To read
a dozen turns anew takes a third of a turn's time (20.1 against 13.5 ms), hence the memory; the database always wins.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from bot.inside_rasa.failed import TurnFailed

log = logging.getLogger(__name__)
Result = TypeVar("Result")

WAITS = (0.05, 0.2, 0.8)
"""Seconds before each further try."""

READY = 500
READY_SECONDS = 900
"""How many trackers stay in memory, and for how long."""


class Trackers(SQLTrackerStore):
    """endpoints.yml: `db` is the path of an SQLite file, or a whole SQLAlchemy address for PostgreSQL."""

    def __init__(
        self, domain: Any = None, db: str = "tracker.db", event_broker: Any = None, **more: Any
    ) -> None:
        address = {"host": db} if "://" in db else {"db": db}
        super().__init__(domain=domain, event_broker=event_broker, **address, **more)
        self.failures = 0
        self._ready: OrderedDict[str, tuple[DialogueStateTracker, int, float]] = OrderedDict()
        self.engine = _open(self.engine)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        try:
            return await self._tried(lambda: self._read(sender_id))
        except OperationalError as error:
            raise TurnFailed("the tracker could not be read") from error

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        await self._tried(lambda: self._write(tracker))

    def _read(self, sender: str) -> DialogueStateTracker | None:
        """A tracker is handed out once: it comes back by `save`, and a turn that was not kept leaves no trace."""
        event = self.SQLEvent.__table__.c
        with self.engine.connect() as connection:
            held, stored, _ = self._ready.pop(sender, (None, -1, 0.0))
            if held is not None:
                newest = connection.execute(
                    sa.select(sa.func.max(event.id)).where(event.sender_id == sender)
                ).scalar()
                if newest == stored:
                    return held
            rows = connection.execute(
                sa.select(event.data).where(event.sender_id == sender).order_by(event.id)
            ).all()
        if not rows:
            return None
        tracker = DialogueStateTracker.from_dict(
            sender, [json.loads(row.data) for row in rows], self.domain.slots
        )
        tracker.rows_stored = len(rows)
        return tracker

    def _write(self, tracker: DialogueStateTracker) -> None:
        """Adds the events that came since it was read, however many rows the sender has."""
        events = list(tracker.events)[getattr(tracker, "rows_stored", 0) :]
        table = self.SQLEvent.__table__
        with self.engine.begin() as connection:
            if events:
                connection.execute(
                    table.insert(), [_row(tracker.sender_id, event.as_dict()) for event in events]
                )
            stored, newest = connection.execute(
                sa.select(sa.func.count(), sa.func.max(table.c.id)).where(
                    table.c.sender_id == tracker.sender_id
                )
            ).one()
        tracker.rows_stored = len(tracker.events)
        if stored == len(tracker.events) and events:  # else it began after a failed reading and is not whole
            self._keep(tracker, newest)

    def _keep(self, tracker: DialogueStateTracker, newest: int) -> None:
        now = time.monotonic()
        self._ready[tracker.sender_id] = (tracker, newest, now)
        self._ready.move_to_end(tracker.sender_id)
        while self._ready and (
            len(self._ready) > READY or next(iter(self._ready.values()))[2] < now - READY_SECONDS
        ):
            self._ready.popitem(last=False)

    async def _tried(self, work: Callable[[], Result]) -> Result:
        for wait in WAITS:
            try:
                return work()
            except OperationalError as error:
                log.warning("the tracker store did not answer, trying again: %s", error)
                await asyncio.sleep(wait)
        try:
            return work()
        except OperationalError:
            self.failures += 1
            raise


def _row(sender: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "sender_id": sender,
        "type_name": event["event"],
        "timestamp": event.get("timestamp"),
        "intent_name": ((event.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": event.get("name"),
        "data": json.dumps(event),
    }


def _open(first: sa.engine.Engine) -> sa.engine.Engine:
    """Rasa's engine again, with what people wrote kept out of error messages."""
    first.dispose()
    if first.dialect.name != "sqlite":
        return sa.create_engine(first.url, hide_parameters=True, **create_engine_kwargs(first.url))
    engine = sa.create_engine(
        first.url, hide_parameters=True, poolclass=QueuePool, connect_args={"check_same_thread": False}
    )
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    """Readers do not wait for the writer; a power cut may cost the last turns of what is only a cache."""
    for setting in ("journal_mode=WAL", "busy_timeout=2000", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {setting}")
