"""The list of balances, its file and a ledger, over HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from bot.owner.csv_file import BOM, harmless
from crm_store import loyalty
from crm_store.db import Store
from crm_store.models import AuditRow
from tests.bot.sign_in.hands import Seat
from tests.crm_store import people


async def customers(store: Store, *names: str) -> list[Any]:
    made = []
    async with store.write() as session:
        for number, name in enumerate(names):
            who = {"language": "en", "email": f"p{number}@example.com", "phone": f"+3740000{number:04}"}
            customer = await people.person(session, name, **who)
            await loyalty.goodwill(session, customer, 10 + number, reason="a gift", idempotency_key="gift")
            made.append(customer)
    return made


async def acts(store: Store) -> list[str]:
    async with store.read() as session:
        return [act for act in await session.scalars(select(AuditRow.act).order_by(AuditRow.id))][2:]


async def test_a_search_is_no_part_of_the_address_and_finds_by_any_letters(owner: Seat, store: Store) -> None:
    await customers(store, "Անի Գրիգորյան", "ნინო ბერიძე")
    response = await owner.post("/owner", {"q": "beridze"})
    text = await response.text()
    assert response.status == 200 and "ნინო ბერიძე" in text and "Անի Գրիգորյան" not in text
    assert str(response.url).endswith("/owner")
    assert await acts(store) == ["customers.list"]


async def test_pages_of_fifty_in_the_order_that_was_asked(owner: Seat, store: Store) -> None:
    await customers(store, *(f"Person {number:03}" for number in range(51)))
    first = await (await owner.post("/owner", {"new_order": "points-falling"})).text()
    assert "Person 050" in first and "Person 000" not in first and "Page 1 of 2" in first
    for page in ("2", "99"):
        last = await (await owner.post("/owner", {"order": "points-falling", "page": page})).text()
        assert "Person 000" in last and "Person 050" not in last


@pytest.mark.parametrize(
    "form", [{"new_order": "password"}, {"page": "x" * 40}, {"page": "-1"}, {"q": "\0%_"}]
)
async def test_what_nobody_offered_is_the_default(owner: Seat, store: Store, form: dict[str, str]) -> None:
    await customers(store, "Somebody")
    assert (await owner.post("/owner", form)).status == 200


async def test_the_file_holds_everybody_and_no_formula(owner: Seat, store: Store) -> None:
    names = [
        "=HYPERLINK(1)",
        "@SUM(A1)",
        "\tTab",
        "-1+2",
        'Quote "and, comma"',
        "Անի",
        *(f"P{n}" for n in range(600)),
    ]
    await customers(store, *names)
    response = await owner.post("/owner/customers.csv", {"order": "points"})
    text = (await response.read()).decode()
    assert text.startswith(BOM)
    head, *rows = csv.reader(io.StringIO(text.removeprefix(BOM)))
    assert head[:2] == ["Name", "E-mail"]
    assert [row[0] for row in rows[:6]] == [
        "'=HYPERLINK(1)", "'@SUM(A1)", "'\tTab", "'-1+2", 'Quote "and, comma"', "Անի"
    ]  # fmt: skip
    assert len(rows) == 606
    assert rows[0][2] == "'+37400000000"
    assert [row[3] for row in rows[:2]] == ["10", "11"]
    assert response.headers["Content-Disposition"].startswith('attachment; filename="customers-')
    assert await acts(store) == ["customers.export"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_cell_that_would_be_computed_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


async def test_a_ledger_says_why_in_words_and_whoever_reads_it_is_written_down(
    owner: Seat, store: Store
) -> None:
    (ani,) = await customers(store, "<b>Ani</b>")
    async with store.write() as session:
        await loyalty.earn(session, ani, 25, source="birthday", idempotency_key="birthday")
    text = await (await owner.get(f"/owner/customers/{ani.public_id}")).text()
    assert "&lt;b&gt;Ani&lt;/b&gt;" in text and "<b>Ani</b>" not in text
    assert text.index("Birthday present") < text.index("A gift from the shop")
    assert "+25" in text and "35" in text
    assert (await owner.get("/owner/customers/nobody")).status == 404
    assert await acts(store) == ["customer.view"]
