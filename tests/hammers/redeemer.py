"""A process that redeems when it is told to, together with others.

Usage: `python -m tests.hammers.redeemer`. For each Job (a line of JSON) it opens the store and prints "ready"; at the
next line it starts, and prints a list of Answer as a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

from crm_store import db, loyalty
from crm_store.db import Store, open_store
from crm_store.errors import NotEnoughPoints
from crm_store.models import Customer


@dataclass(frozen=True)
class Job:
    """Redeem so many points of this customer, once for each key, all at once.

    `turn_seconds`: how long each may wait for the account on PostgreSQL.
    """

    url: str
    schema: str | None
    customer_id: int
    points: int
    keys: list[str]
    turn_seconds: int


@dataclass(frozen=True)
class Answer:
    """What a shopper would be told: the row that was written, or the name of the error."""

    row: list[object] | None
    error: str | None
    seconds: float


async def redeem(store: Store, job: Job, key: str) -> Answer:
    started = time.monotonic()
    row, error = None, None
    try:
        async with store.write() as session:
            customer = await session.get_one(Customer, job.customer_id)
            done = await loyalty.redeem(session, customer, job.points, idempotency_key=key)
            row = [done.id, done.number, done.points, done.row_hash]
    except NotEnoughPoints:
        error = "NotEnoughPoints"
    except Exception as unexpected:  # the test wants to see every one of them
        error = repr(unexpected)
    return Answer(row, error, time.monotonic() - started)


async def warm_up(store: Store, job: Job) -> None:
    """A redemption that never happened: what a process pays once is no part of the race."""
    with suppress(UndoneError):
        async with store.write() as session:
            customer = await session.get_one(Customer, job.customer_id)
            await loyalty.redeem(session, customer, job.points, idempotency_key="warm up")
            raise UndoneError


async def work() -> None:
    stores: dict[tuple[str, str | None], Store] = {}
    while line := await asyncio.to_thread(sys.stdin.readline):
        job = Job(**json.loads(line))
        db.TURN_SECONDS = job.turn_seconds
        place = (job.url, job.schema)
        if place not in stores:
            stores[place] = open_store(job.url, schema=job.schema)
        store = stores[place]
        await warm_up(store, job)
        print("ready", flush=True)
        sys.stdin.readline()
        answers = await asyncio.gather(*(redeem(store, job, key) for key in job.keys))
        print(json.dumps([asdict(answer) for answer in answers]), flush=True)


class UndoneError(Exception):
    pass


if __name__ == "__main__":
    asyncio.run(work())
