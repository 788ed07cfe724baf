"""The widget on the shop's page: on a desk in Armenian, on a phone in Georgian typed in Latin letters, in the dark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from tools.pictures.town import Town, open_chat, say

PHONE = {"viewport": {"width": 390, "height": 760}, "is_mobile": True, "has_touch": True}


@dataclass(frozen=True)
class View:
    """One picture: its name, the shopper's language and question, and the window."""

    name: str
    language: str
    question: str
    window: dict[str, Any]


VIEWS = (
    View("widget-hy-desktop", "hy", "Որտե՞ղ է պատվերս", {"viewport": {"width": 1180, "height": 720}}),
    View("widget-ka-phone", "ka", "sad aris chemi shekveta?", PHONE),
    View("widget-en-phone-dark", "en", "Where is my order?", {**PHONE, "color_scheme": "dark"}),
)


async def take(browser: Browser, town: Town, out: Path) -> list[Path]:
    """Each shopper asks for an order and gets its card."""
    return [await _take(browser, town, view, out / f"{view.name}.png") for view in VIEWS]


async def _take(browser: Browser, town: Town, view: View, path: Path) -> Path:
    shopper = town.shoppers[view.language]
    page = await (await browser.new_context(**view.window)).new_page()
    log = await open_chat(page, town, view.language)
    for text in (view.question, shopper["orders"][0]["number"], shopper["email"]):
        await say(log, text)
    await page.screenshot(path=path)
    await page.context.close()
    return path
