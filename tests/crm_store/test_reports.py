"""What the owner reads is what the store holds, and is found however it is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import insert

from barev import clock
from crm_store import loyalty, reports
from crm_store.db import Store
from crm_store.models import Contact, Customer, PointsAccount, Programme, Rating
from tests.crm_store import people


@pytest.fixture
async def shoppers(do: Any, programme: Programme) -> list[Customer]:
    """Three people, of whom the first two have points."""
    known = [
        ("Անի Գրիգորյան", "hy", "ani@example.com", "+37477000101"),
        ("ნინო წერეთელი", "ka", "nino@example.ge", "+995599000102"),
        ("John O'Brien", "en", "john_b@example.com", "+37400000003"),
    ]
    made = [
        await do(people.person, name, language=language, email=email, phone=phone)
        for name, language, email, phone in known
    ]
    for customer, points in zip(made, (300, 500), strict=False):
        await do(loyalty.goodwill, customer, points, idempotency_key="gift", reason="a gift")
    return made


async def names(ask: Any, **wanted: Any) -> list[str]:
    return [one.name.split()[0] for one in await ask(reports.balances, **wanted)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("անի", ["Անի"]),
        ("ԳՐԻԳՈՐՅԱՆ անի", ["Անի"]),
        ("ani grigorian", ["Անի"]),
        ("Grigoryan", ["Անի"]),
        ("tsereteli", ["ნინო"]),
        ("წერეთ", ["ნინო"]),
        ("obrien", ["John"]),
        ("john_b@", ["John"]),
        ("johnxb@", []),
        ("%", []),
        ("+374 77 000-101", ["Անի"]),
        ("077 000 101", ["Անի"]),
        ("example.com", ["John", "Անի"]),
        ("ani nino", []),
        ("", ["John", "ნინო", "Անի"]),
    ],
)
async def test_customers_are_found_in_any_script_and_by_contact(
    shoppers: list[Customer], ask: Any, typed: str, found: list[str]
) -> None:
    assert sorted(await names(ask, search=typed)) == sorted(found)
    assert await ask(reports.count_customers, search=typed) == len(found)


async def test_balances_are_what_the_assistant_tells(
    shoppers: list[Customer], ask: Any, move_clock: Callable[[timedelta], None]
) -> None:
    for days in (0, 400):  # after 400 the lots are over, and nobody has posted it yet
        move_clock(timedelta(days=days))
        told = {one.public_id: one.points for one in await ask(reports.balances)}
        for customer in shoppers:
            assert told[customer.public_id] == (await ask(loyalty.balance, customer)).available


async def test_sorting_and_pages(shoppers: list[Customer], ask: Any) -> None:
    assert await names(ask, sort="points", falling=True) == ["ნინო", "Անի", "John"]
    assert await names(ask, sort="points") == ["John", "Անի", "ნინო"]
    assert await names(ask, sort="since", falling=True, limit=1, offset=1) == ["ნინო"]


async def test_every_balance_comes_once_in_batches(
    shoppers: list[Customer], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "BATCH", 2)
    async with store.read() as session:
        batches = [batch async for batch in reports.every_balance(session, sort="points")]
    assert [len(batch) for batch in batches] == [2, 1]
    assert [one.points for batch in batches for one in batch] == [0, 300, 500]


async def test_a_ledger_runs_up_to_the_balance(shoppers: list[Customer], do: Any, ask: Any) -> None:
    ani = shoppers[0]
    await do(loyalty.redeem, ani, 100, idempotency_key="reward")
    await do(loyalty.goodwill, ani, 50, idempotency_key="more", reason="sorry")
    lines = await ask(reports.ledger, ani.public_id)
    assert [(line.row.points, line.balance) for line in lines] == [(50, 250), (-100, 200), (300, 300)]
    older = await ask(reports.ledger, ani.public_id, before=lines[0].row.number, limit=1)
    assert [(line.row.points, line.balance) for line in older] == [(-100, 200)]
    assert await ask(reports.ledger, "nobody") == []
    assert await ask(reports.customer, "nobody") is None


async def test_ratings_newest_first_and_by_stars(
    shoppers: list[Customer], store: Store, do: Any, ask: Any
) -> None:
    order = await do(people.order, shoppers[0], delivered_days_ago=1)
    async with store.write() as session:
        for days, score in ((3, 5), (2, 1), (1, 5)):
            session.add(
                Rating(
                    about="order" if days == 1 else "shop",
                    order_id=order.id if days == 1 else None,
                    customer_id=shoppers[0].id,
                    channel="website",
                    score=score,
                    at=clock.now() - timedelta(days=days),
                )
            )
    rated = await ask(reports.ratings)
    assert [one.rating.score for one in rated] == [5, 1, 5]
    assert (rated[0].order_number, rated[0].customer.name) == (order.number, shoppers[0].name)
    assert [one.rating.score for one in await ask(reports.ratings, score=1)] == [1]
    assert await ask(reports.count_ratings) == {1: 1, 2: 0, 3: 0, 4: 0, 5: 2}


@pytest.mark.long
async def test_a_hundred_thousand_customers_are_searched_and_sorted_at_once(store: Store, ask: Any) -> None:
    now, many = clock.now(), range(1, 100_001)
    async with store.write() as session:
        rows = [{"id": n, "name": f"Անի {n} Գրիգորյան", "language": "hy", "created_at": now} for n in many]
        mails = [{"customer_id": n, "kind": "email", "value": f"ani{n}@example.com"} for n in many]
        points = [{"customer_id": n, "balance": n, "created_at": now} for n in many]
        for start in range(0, len(many), 5000):
            for model, all_ in ((Customer, rows), (Contact, mails), (PointsAccount, points)):
                await session.execute(insert(model), all_[start : start + 5000])
    took = {}
    for wanted in (
        {},
        {"offset": 99_950},
        {"sort": "points", "falling": True},
        {"search": "grigorian 77777"},
        {"search": "ani77777@"},
        {"search": "անի", "sort": "points", "offset": 50_000},
    ):
        begun = perf_counter()
        found = await ask(reports.balances, **wanted)
        counted = await ask(reports.count_customers, search=wanted.get("search", ""))
        took[str(wanted)] = perf_counter() - begun
        assert found and counted
    assert max(took.values()) < 1.5, took
