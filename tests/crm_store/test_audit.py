"""Audit rows: a chain that shows where it was touched, and that nobody may touch."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from crm_store import audit
from crm_store.db import Store
from crm_store.models import AuditRow
from tests.crm_store import people
from tests.crm_store.fixtures import on_sqlite


async def test_rows_follow_each_other_also_when_many_write_at_once(store: Store, do: Any, ask: Any) -> None:
    async def one(number: int) -> None:
        await do(audit.write, None, "test", details={"number": number})

    await asyncio.gather(*(one(number) for number in range(20)))
    assert await ask(audit.first_broken) is None
    async with store.read() as session:
        assert len({row.previous_hash for row in await session.scalars(select(AuditRow))}) == 20


@on_sqlite
async def test_a_changed_row_is_found(store: Store, do: Any, ask: Any) -> None:
    rows = [await do(audit.write, None, "test", subject=f"number {number}") for number in range(5)]
    async with store.write() as session:
        await session.execute(text("DROP TRIGGER audit_rows_no_update"))
        await session.execute(
            text("UPDATE audit_rows SET subject = 'another' WHERE id = :id"), {"id": rows[2].id}
        )
    assert await ask(audit.first_broken) == rows[2].id


@pytest.mark.parametrize("act", ["UPDATE audit_rows SET act = 'x'", "DELETE FROM audit_rows"])
async def test_no_row_is_changed_or_deleted(store: Store, do: Any, act: str) -> None:
    mariam = await do(people.mariam)
    await do(audit.write, mariam, "test")
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.write() as session:
            await session.execute(text(act))
