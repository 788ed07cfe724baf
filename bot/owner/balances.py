"""Balances of all customers, one customer's ledger, and the list as a file.

A search may be somebody's address, so it is sent as a form and stands in no URL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from barev import clock
from bot.owner.csv_file import BOM, line
from bot.owner.paging import PAGE, Paging
from bot.sign_in.staff import DOOR, page, staff_of
from crm_store import audit, reports

LONGEST_SEARCH = 100
SEND_SECONDS = 30.0
"""A reader slower than this is let go: the list is read from one moment of the store, which waits meanwhile."""


@dataclass(frozen=True)
class Wanted:
    """What the form asks for: words, and an order such as "points-falling"."""

    search: str
    order: str

    @property
    def sort(self) -> reports.Sort:
        return cast(reports.Sort, self.order.partition("-")[0])

    @property
    def falling(self) -> bool:
        return self.order.endswith("-falling")

    def arguments(self) -> dict[str, Any]:
        return {"search": self.search, "sort": self.sort, "falling": self.falling}


def routes() -> list[web.RouteDef]:
    return [
        web.get("/owner", list_page),
        web.post("/owner", list_page),
        web.post("/owner/customers.csv", list_file),
        web.get("/owner/customers/{customer}", ledger_page),
    ]


async def list_page(request: web.Request) -> web.StreamResponse:
    """GET /owner, and POST /owner with `q`, `order`, `new_order`, `page`."""
    form = await request.post()
    wanted = _wanted(form)
    async with request.app[DOOR].store.read() as session:
        total = await reports.count_customers(session, search=wanted.search)
        paging = Paging(str(form.get("page", "1")), total)
        rows = await reports.balances(session, **wanted.arguments(), limit=PAGE, offset=paging.offset)
    await _write_down(request, "customers.list", searched=bool(wanted.search))
    return await page(request, "owner/balances.html", rows=rows, wanted=wanted, paging=paging)


async def list_file(request: web.Request) -> web.StreamResponse:
    """POST /owner/customers.csv: everybody whom the search finds, in the same order; UTF-8 with a mark, commas."""
    door, person, wanted = request.app[DOOR], await staff_of(request), _wanted(await request.post())
    assert person
    await _write_down(request, "customers.export", searched=bool(wanted.search))
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    response.content_type, response.charset = "text/csv", "utf-8"
    name = f"customers-{clock.now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    await response.prepare(request)
    titles = ("Name", "E-mail", "Phone", "Points", "Waiting", "Set aside", "Customer since")
    head = line([door.pages.translate(person.language, title) for title in titles])
    await response.write(f"{BOM}{head}".encode())
    async with door.store.read() as session:
        async for batch in reports.every_balance(session, **wanted.arguments()):
            text = "".join(
                line(
                    [
                        one.name,
                        one.email,
                        one.phone,
                        one.points,
                        one.pending,
                        one.held,
                        f"{one.since:%Y-%m-%d}",
                    ]
                )
                for one in batch
            )
            async with asyncio.timeout(SEND_SECONDS):
                await response.write(text.encode())
    await response.write_eof()
    return response


async def ledger_page(request: web.Request) -> web.StreamResponse:
    """GET /owner/customers/<public id>?before=<number of a row>: fifty rows, newest first."""
    public_id, before = request.match_info["customer"], request.query.get("before", "")
    start = int(before) if before.isdecimal() and len(before) < 10 else None
    async with request.app[DOOR].store.read() as session:
        customer = await reports.customer(session, public_id)
        lines = await reports.ledger(session, public_id, limit=PAGE + 1, before=start)
    if customer is None:
        return await page(request, "staff/message.html", status=404, message="not_found")
    await _write_down(request, "customer.view", subject=public_id)
    older = lines[PAGE - 1].row.number if len(lines) > PAGE else None
    return await page(
        request, "owner/ledger.html", customer=customer, lines=lines[:PAGE], older=older, newest=start is None
    )


def _wanted(form: Mapping[str, Any]) -> Wanted:
    order = str(form.get("new_order") or form.get("order") or "name")
    if order.removesuffix("-falling") not in reports.SORTS:
        order = "name"
    return Wanted(str(form.get("q", "")).replace("\0", "").strip()[:LONGEST_SEARCH], order)


async def _write_down(request: web.Request, act: str, *, subject: str = "", **details: Any) -> None:
    async with request.app[DOOR].store.write() as session:
        await audit.write(session, await staff_of(request), act, subject=subject, details=details)
