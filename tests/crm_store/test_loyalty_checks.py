"""Whoever changes the ledger past the store is found out; an honest ledger is never accused."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from barev import clock
from crm_store import loyalty
from crm_store import loyalty_ledger as ledger
from crm_store.models import PointsAccount, PointsRow
from tests.crm_store import people

pytestmark = pytest.mark.usefixtures("noise")


@pytest.fixture
async def ani(do, programme):
    """Ani, whose account has a row of nearly every type."""
    customer = await do(people.ani)
    bought = await do(people.order, customer)
    refunded = await do(people.order, customer)
    await do(loyalty.earn_pending, customer, refunded, points=90)
    await do(loyalty.claw_back, refunded, points=20, idempotency_key="a part")
    await do(loyalty.confirm, await do(loyalty.earn_pending, customer, bought, points=250))
    await do(loyalty.release, await do(loyalty.hold, customer, 30, idempotency_key="first"))
    await do(loyalty.capture, await do(loyalty.hold, customer, 40, idempotency_key="second"))
    await do(loyalty.claw_back, bought, points=50, idempotency_key="a part of the other")
    await do(loyalty.confirm, await do(loyalty.pending_of, refunded))
    await do(loyalty.redeem, customer, 60, idempotency_key="third")
    await do(loyalty.earn, customer, 5, source="review", idempotency_key="last")
    return customer


async def past_the_store(store, *statements: str) -> None:
    """Change the database as somebody with its password could."""
    async with store.write() as session:
        if store.is_sqlite:
            triggers = await session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            statements = (*(f"DROP TRIGGER {name}" for name in triggers), *statements)
        else:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            assert await session.execute(text(statement))


async def row_of(store, customer, kind: str) -> PointsRow:
    async with store.read() as session:
        of_account = select(PointsRow).join(PointsAccount, PointsAccount.id == PointsRow.account_id)
        of_kind = of_account.where(PointsAccount.customer_id == customer.id, PointsRow.type == kind)
        return (await session.scalars(of_kind.order_by(PointsRow.number))).first()


async def test_an_honest_ledger_has_no_breaks(ask, ani, do, move_clock):
    move_clock(timedelta(days=400))
    assert await do(loyalty.post_due_expiries, ani) > 0
    assert await ask(loyalty.verify) == []


@pytest.mark.parametrize(
    "kind, statement, what",
    [
        (
            "earn",
            "UPDATE points_rows SET points = points + 1, pending = pending - 1 WHERE id = {id}",
            "changed",
        ),
        ("redeem", "UPDATE points_rows SET source = 'manual' WHERE id = {id}", "changed"),
        ("hold", "UPDATE points_allocations SET points = points + 1 WHERE row_id = {id}", "changed"),
        ("hold", "DELETE FROM points_allocations WHERE row_id = {id}", "what it took from lots"),
        (
            "redeem",
            "UPDATE points_allocations SET lot_id = (SELECT min(id) FROM points_rows)",
            "no lot of this",
        ),
        ("redeem", "UPDATE points_rows SET number = 99 WHERE id = {id}", "are gone"),
        ("earn", "UPDATE points_rows SET row_hash = 'forged' WHERE id = {id}", "not chained"),
        ("earn", "UPDATE points_accounts SET balance = balance + 1 WHERE id = {account_id}", "balance is"),
        ("earn", "UPDATE points_accounts SET held = held + 1 WHERE id = {account_id}", "held is"),
        ("earn", "UPDATE points_accounts SET last_hash = 'forged' WHERE id = {account_id}", "newest rows"),
    ],
)
async def test_what_is_changed_past_the_store_is_found(store, ask, ani, kind, statement, what):
    row = await row_of(store, ani, kind)
    await past_the_store(store, statement.format(id=row.id, account_id=row.account_id))
    breaks = await ask(loyalty.verify)
    assert what in " / ".join(one.what for one in breaks if one.account_id == row.account_id)
    assert await ask(loyalty.verify, customer=ani) != []


async def test_a_row_that_was_deleted_with_all_that_names_it_is_missed(store, ask, ani):
    row = await row_of(store, ani, "redeem")
    await past_the_store(
        store,
        f"DELETE FROM points_allocations WHERE row_id = {row.id}",
        f"DELETE FROM points_rows WHERE id = {row.id}",
    )
    (gone, *_) = await ask(loyalty.verify)
    assert (gone.account_id, gone.number) == (row.account_id, row.number + 1)


async def test_one_change_in_one_account_accuses_nobody_else(store, ask, ani):
    row = await row_of(store, ani, "redeem")
    await past_the_store(store, f"UPDATE points_rows SET reason = 'x' WHERE id = {row.id}")
    (found,) = await ask(loyalty.verify)
    assert (found.account_id, found.number) == (row.account_id, row.number)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_one_changed_row_of_a_hundred_thousand_is_found_in_ten_seconds(store, ask, ani):
    await many_rows(store, ani, 100_000)
    started = time.process_time()  # what others do on this machine does not count
    assert await ask(loyalty.verify) == []
    assert time.process_time() - started < 10
    row = await row_of(store, ani, "redeem")
    await past_the_store(store, f"UPDATE points_rows SET points = points - 1 WHERE id = {row.id + 1}")
    assert any(one.number == row.number + 1 for one in await ask(loyalty.verify))


async def many_rows(store, customer, count: int) -> None:
    """Lots of one point, written as fast as the database takes them."""
    async with store.write() as session:
        account = await loyalty.account_of(session, customer)
        first = (await session.scalar(text("SELECT max(id) FROM points_rows"))) + 1
        rows = []
        for number in range(account.last_number + 1, account.last_number + 1 + count):
            facts = dict.fromkeys(ledger.FACTS) | {"account_id": account.id, "number": number}
            facts |= {"type": "earn", "points": 1, "pending": 0, "held": 0, "source": "review"}
            facts |= {"idempotency_key": f"many {number}", "request_hash": "none", "at": clock.now()}
            facts["previous_hash"] = account.last_hash
            account.last_hash = ledger.row_hash(facts, [])
            rows.append({**facts, "id": first + len(rows), "row_hash": account.last_hash})
        for at in range(0, count, 1000):
            await session.execute(insert(PointsRow), rows[at : at + 1000])
        account.balance += count
        account.last_number += count
