"""A chat with the bot, as the fake Bot API was shown it: points after the shopper's own number, in Armenian."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser
from sqlalchemy import select

from crm_store import shop
from crm_store.models import Contact
from tests.rig.fake_telegram import Update
from tests.rig.telegram_chats import Chats
from tests.rig.telegram_shopper import Shopper
from tools.pictures.telegram_page import page
from tools.pictures.town import WORDING, Town

CHAT, LANGUAGE = 1001, "hy"
GREETING, QUESTION = "Բարև Ձեզ", "Քանի՞ միավոր ունեմ"
WIDTH = 440


async def take(browser: Browser, town: Town, out: Path) -> list[Path]:
    name = await talk(town)
    path = out / "telegram.png"
    shown = await browser.new_page(viewport={"width": WIDTH, "height": 200}, device_scale_factor=1.5)
    await shown.set_content(page(name, LANGUAGE, town.cloud.history[CHAT]))
    await shown.screenshot(path=path, full_page=True)
    await shown.close()
    return [path]


async def talk(town: Town) -> str:
    """The shopper asks for points, shares the own number, and asks why; the shop's name."""
    async with town.store.read() as session:
        the_shop = await shop.the_shop(session)
        email = town.shoppers[LANGUAGE]["email"]
        who = await session.scalar(select(Contact.customer_id).where(Contact.value == email))
        phones = select(Contact.value).where(Contact.customer_id == who, Contact.kind == "phone")
        phone = (await session.scalars(phones)).one()
    assert the_shop

    async def hand_over(update: Update) -> None:
        town.cloud.hand_out(update)

    shopper = Shopper(Chats(town.cloud, town.store), CHAT, LANGUAGE, hand_over)
    await shopper.say(GREETING)
    await shopper.say(QUESTION)
    await shopper.share(phone, of=CHAT)
    await shopper.press(WORDING.text("utter_button_points_history", LANGUAGE))
    return the_shop.name
