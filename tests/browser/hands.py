"""What a shopper does in the widget, in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from playwright.async_api import Locator, Page

from barev.settings import ROOT
from barev.wording import load_wording

WORDING = load_wording(ROOT / "data/responses")


async def until(log: Locator, true: Callable[[str], bool], seconds: float = 15) -> None:
    """Wait until something holds for all that the log shows."""
    for _ in range(int(seconds * 10)):
        if true(now := await shown(log)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(now)


async def shown(log: Locator) -> str:
    return flat(await log.inner_text())


def flat(text: str) -> str:
    return " ".join(text.split())


async def open_chat(page: Page, language: str) -> None:
    await page.evaluate(
        """language => {
            const script = Object.assign(document.createElement("script"), {src: "/widget.js"});
            script.dataset.language = language;
            document.body.append(script);
        }""",
        language,
    )
    await page.wait_for_function("window.Barev")
    await page.evaluate("window.Barev.open()")


async def say(page: Page, text: str) -> None:
    box = page.locator("barev-chat textarea")
    await box.fill(text)
    await box.press("Enter")
