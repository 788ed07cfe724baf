"""`barev demo`: fill the demo shop, empty it again, and say whom one can be there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import typer
from babel import Locale
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from barev.cli.errors import Refused
from barev.cli.launch import database
from barev.cli.launch.address import name_of
from barev.cli.launch.gateway_lock import only_gateway
from barev.settings import Settings, load_settings
from crm_store import demo as demo_shop
from crm_store.db import Store, open_store
from crm_store.demo.staff import passwords_for

ORDERS_SHOWN = 3
PASSWORDS = "demo.json"

Shop = dict[str, Any]
"""What `barev demo --json` prints: design §9."""


def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Throw everything away and fill it anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Only print what there is, as JSON.")] = False,
) -> None:
    """Fill the demo shop if the database is empty, and print whom one can be there."""
    if reset and as_json:
        raise typer.BadParameter("--json changes nothing, so it does not go with --reset")
    settings = load_settings()
    if as_json:
        print(json.dumps(asyncio.run(told(settings)), ensure_ascii=False, indent=2))
        return
    if settings.public_url:
        raise Refused(
            "The demo shop's sign-ins are known to everybody; it does not go with BAREV_PUBLIC_URL."
        )
    console = Console()
    shop = asyncio.run(emptied_and_filled(settings, console) if reset else filled(settings, console))
    show(console, settings, shop)


async def told(settings: Settings) -> Shop:
    """The demo shop as it stands, changing nothing. Raises Refused when there is none."""
    if await database.refuse_newer(settings) == "current":
        async with opened(settings) as store:
            if await demo_shop.is_filled(store):
                passwords = demo_shop.read_passwords(settings.data_dir / PASSWORDS)
                return await demo_shop.describe(store, passwords)
    raise Refused(f"There is no demo shop in {name_of(settings)}; 'barev demo' fills an empty database.")


async def fill_if_empty(settings: Settings, console: Console) -> Shop | None:
    """Fill an empty database that nobody outside can reach; None where a shop of its own is, or will be."""
    async with opened(settings) as store:
        if not await demo_shop.is_filled(store):
            if settings.public_url:
                return None
            # Written first: a password whose digest alone is known could never be told again.
            kept = settings.data_dir / PASSWORDS
            passwords = passwords_for(demo_shop.read_passwords(kept))
            demo_shop.write_passwords(kept, passwords)
            try:
                with console.status("filling the demo shop"):
                    await demo_shop.fill(store, passwords=passwords)
            except demo_shop.NotEmpty:
                return None
            console.print("filled the demo shop")
    return await told(settings)


def show(console: Console, settings: Settings, shop: Shop | None, *, below: str | None = None) -> None:
    """Where the shop page is, and one shopper per language to be there; a line `below` in the frame."""
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    if shop is None:
        console.print(
            Panel.fit(
                f"{address}/widget.js is the script for the shop's pages", title="Barev", subtitle=below
            )
        )
        return
    table = Table(box=None, title=f"{address}/shop", title_style="bold", pad_edge=False)
    for heading in ("write in", "as", "with e-mail", "and order number"):
        table.add_column(heading, header_style="dim", no_wrap=True)
    for shopper in shop["shoppers"]:
        orders = ", ".join(order["number"] for order in shopper["orders"][:ORDERS_SHOWN])
        language = Locale(shopper["language"]).get_language_name("en")
        table.add_row(language, shopper["name"], shopper["email"], orders)
    staff = Text(f"{address}/staff/sign-in", style="bold", justify="center")
    kept = Text(f"for the staff; e-mails and passwords lie in {settings.data_dir / PASSWORDS}", style="dim")
    console.print(Panel.fit(Group(table, "", staff, kept), title="Barev", subtitle=below))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings for the length of the block."""
    store = open_store(settings.database, schema=settings.database_schema)
    try:
        yield store
    finally:
        await store.close()


async def filled(settings: Settings, console: Console) -> Shop:
    await database.prepare(settings)
    shop = await fill_if_empty(settings, console)
    if shop is None:
        raise Refused(f"{name_of(settings)} has a shop of its own; the demo never mixes with it.")
    return shop


async def emptied_and_filled(settings: Settings, console: Console) -> Shop:
    kept = settings.data_dir / PASSWORDS
    with only_gateway(settings):
        await database.prepare(settings)
        try:
            with console.status("filling the demo shop anew"):
                made = await demo_shop.reset(
                    settings.database, settings.database_schema, passwords=demo_shop.read_passwords(kept)
                )
        except demo_shop.NotDemo as error:
            raise Refused(f"The shop {error} is not the demo shop; it is left as it is.") from error
        demo_shop.write_passwords(kept, made.passwords)
    return await told(settings)
