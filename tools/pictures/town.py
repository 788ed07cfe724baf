"""What stands behind the pictures: all of Barev with its demo shop and a bot, and what shoppers do in the widget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Locator, Page

from barev.settings import ROOT
from barev.wording import load_wording
from crm_store import demo, schema
from crm_store.db import Store, open_store
from tests.rig.fake_telegram import TOKEN, FakeTelegram
from tests.rig.house import House
from tests.rig.model import trained
from tests.rig.ports import free_port

WORDING = load_wording(ROOT / "data" / "responses")
QUIET = 1.5
"""Seconds without news after which an answer is complete."""


@dataclass(frozen=True)
class Town:
    """Where it is, its store, the shoppers to be by language, the passwords of its staff, and the cloud of its bot."""

    url: str
    store: Store
    shoppers: dict[str, dict[str, Any]]
    passwords: dict[str, str]
    cloud: FakeTelegram


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Town]:
    """All of it, in this folder, until the block ends."""
    cloud, api = FakeTelegram(), free_port()
    house = House(folder, telegram_token=TOKEN, telegram_api=f"http://127.0.0.1:{api}")
    await schema.migrate(house.settings.database)
    model = await asyncio.to_thread(trained, house.secrets)
    async with AsyncExitStack() as stack:
        store = open_store(house.settings.database)
        stack.push_async_callback(store.close)
        filled = await demo.fill(store)
        told = await demo.describe(store, filled.passwords)
        runner = web.AppRunner(cloud.app(), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", api).start()
        for server in (house.rasa(model), house.actions(), house.gateway()):
            stack.callback(server.stop)
            server.start()
            await server.healthy()
        shoppers = {shopper["language"]: shopper for shopper in told["shoppers"]}
        yield Town(house.url, store, shoppers, filled.passwords, cloud)


async def open_chat(page: Page, town: Town, language: str) -> Locator:
    """The shop's page with the chat opened: the log of it."""
    await page.goto(f"{town.url}/shop?lang={language}")
    await page.locator("barev-chat button").first.click()
    log = page.locator("barev-chat [role=log]")
    await quiet(log)
    return log


async def say(log: Locator, text: str) -> None:
    """Say this, and wait until it is answered."""
    box = log.page.locator("barev-chat textarea")
    await box.fill(text)
    await box.press("Enter")
    await log.get_by_text(text).last.wait_for()
    await quiet(log)


async def quiet(log: Locator, longest: float = 15) -> None:
    """Wait until nothing has come for a moment."""
    began = since = time.monotonic()
    shown = await log.inner_text()
    while time.monotonic() - since < QUIET and time.monotonic() - began < longest:
        await asyncio.sleep(0.1)
        if (now := await log.inner_text()) != shown:
            shown, since = now, time.monotonic()
