"""A process that redeems when it is told to, together with others.

Usage: `python -m tests.hammers.redeemer`. For each Job (a line of JSON) it opens the store and prints "ready"; at the
next line it starts, and prints a list of Answer as a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

from crm_store import loyalty, loyalty_ledger
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


async def work(job: Job) -> list[Answer]:
    loyalty_ledger.TURN_SECONDS = job.turn_seconds
    store = open_store(job.url, schema=job.schema)
    async with store.write() as session:  # what a first use costs is not part of the race
        await session.get_one(Customer, job.customer_id)
    print("ready", flush=True)
    sys.stdin.readline()
    answers = await asyncio.gather(*(redeem(store, job, key) for key in job.keys))
    await store.close()
    return answers


if __name__ == "__main__":
    for line in sys.stdin:
        answers = asyncio.run(work(Job(**json.loads(line))))
        print(json.dumps([asdict(answer) for answer in answers]), flush=True)
