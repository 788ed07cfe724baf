"""Let a shopper of the demo shop talk to the whole Barev over the fake Bot API, and take a picture of the chat.

    python -m tools.telegram_picture [--out docs/images/telegram.png]

Reads nothing from the network. The page beside the picture is what Chromium was shown.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web
from playwright.async_api import async_playwright
from sqlalchemy import select

from barev.settings import ROOT
from barev.wording import load_wording
from crm_store import demo, schema, shop
from crm_store.db import open_store
from crm_store.models import Contact
from tests.rig.browser import CHROMIUM, FLAGS
from tests.rig.fake_telegram import TOKEN, FakeTelegram, Sent, Update
from tests.rig.house import House
from tests.rig.model import trained
from tests.rig.ports import free_port
from tests.rig.telegram_chats import Chats
from tests.rig.telegram_shopper import Shopper
from tools.telegram_picture.page import page

CHAT, LANGUAGE, EMAIL = 1001, "hy", "ani@example.am"
GREETING, QUESTION = "Բարև Ձեզ", "Քանի՞ միավոր ունեմ"
WIDTH = 440


async def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m tools.telegram_picture", description=__doc__)
    wanted.add_argument("--out", type=Path, default=ROOT / "docs" / "images" / "telegram.png")
    out = wanted.parse_args().out
    with tempfile.TemporaryDirectory(prefix="barev-picture-") as folder:
        name, history = await asyncio.wait_for(talk(Path(folder)), 300)
        html = Path(folder) / "telegram.html"
        html.write_text(page(name, LANGUAGE, history), encoding="utf-8")
        await take(html, out)
    print(f"written: {out} ({out.stat().st_size // 1024} kB)")


async def talk(folder: Path) -> tuple[str, list[Update | Sent]]:
    """Points, after the shopper's own number; the shop's name, and what both sides of the chat were shown."""
    cloud, api = FakeTelegram(), free_port()
    house = House(folder, telegram_token=TOKEN, telegram_api=f"http://127.0.0.1:{api}")
    await schema.migrate(house.settings.database, house.settings.database_schema)
    model = await asyncio.to_thread(trained, house.secrets)
    press = load_wording(ROOT / "data" / "responses").text
    async with AsyncExitStack() as stack:
        store = open_store(house.settings.database)
        stack.push_async_callback(store.close)
        await demo.fill(store)
        async with store.read() as session:
            the_shop = await shop.the_shop(session)
            ani = await session.scalar(select(Contact.customer_id).where(Contact.value == EMAIL))
            phones = select(Contact.value).where(Contact.customer_id == ani, Contact.kind == "phone")
            phone = (await session.scalars(phones)).one()
        runner = web.AppRunner(cloud.app(), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", api).start()
        for server in (house.rasa(model), house.actions(), house.gateway()):
            stack.callback(server.stop)
            server.start()
            await server.healthy()

        async def hand_over(update: Update) -> None:
            cloud.hand_out(update)

        shopper = Shopper(Chats(cloud, store), CHAT, LANGUAGE, hand_over)
        await shopper.say(GREETING)
        await shopper.say(QUESTION)
        await shopper.share(phone, of=CHAT)
        await shopper.press(press("utter_button_points_history", LANGUAGE))
    assert the_shop
    return the_shop.name, cloud.history[CHAT]


async def take(html: Path, out: Path) -> None:
    """Chromium's picture of the page, as high as it is."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shown = await browser.new_page(viewport={"width": WIDTH, "height": 200}, device_scale_factor=1.5)
        await shown.goto(html.as_uri())
        await shown.screenshot(path=out, full_page=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
