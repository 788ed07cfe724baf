"""axe-core finds nothing in the open widget with everything in it; and what it holds survives a zoom of 200 %."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, open_chat, say
from tests.bot.widget.test_looks import OVERFLOWS

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

ORDER = {
    "kind": "order",
    "number": "BR-104217",
    "status": "in_transit",
    "status_text": "On its way",
    "steps": [{"text": "Packed", "done": True}, {"text": "Sent", "current": True}, {"text": "Here"}],
    "lines": [{"title": "Clay jug", "quantity": 2, "price_text": "29,800 ֏"}],
    "tracking_url": "https://post.example",
}
POINTS = {
    "kind": "points",
    "available_text": "1,240 points",
    "worth_text": "12,400 ֏",
    "pending_text": "55 points",
    "expiring": [{"points_text": "100 points", "date_text": "December 3"}],
}
GIVEN = {"kind": "rating", "number": "BR-104217", "max": 5, "score": 4}
ASKED = {"kind": "rating", "number": "BR-104217", "max": 5}
STARS = [{"title": f"{n} – {word}", "button": f"b{n}"} for n, word in enumerate(
    ("very bad", "bad", "so-so", "good", "excellent"), 1)]  # fmt: skip


async def tell_everything(server: FakeBarev, page: Page) -> None:
    server.errors = [{"code": "internal", "text": "Something went wrong."}]
    await say(page, "https://shop.example")
    await expect(page.locator(".failed")).to_have_count(1)
    await server.say("I am Ani.", author="agent", agent="Ani")
    await server.say("Noted.", author="system")
    for card in (ORDER, POINTS, GIVEN):
        await server.say("See.", card=card)
    await server.say("How was it?", card=ASKED, buttons=STARS)
    await expect(page.locator(".stars button")).to_have_count(5)


def found(results: Any) -> list[str]:
    return [f"{bad['id']}: {node['html']}" for bad in results.response["violations"] for node in bad["nodes"]]


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "hy"), ("light", "ka")])
async def test_axe_finds_nothing(server: FakeBarev, page: Page, theme: str, language: str) -> None:
    options = f"data-theme={theme}%20data-language={language}"
    await page.goto(f"{server.url}/embed?src=/widget.js&options={options}")
    await page.emulate_media(reduced_motion="reduce")
    axe = Axe()
    assert found(await axe.run(page, context="barev-chat")) == []  # closed
    await open_chat(page)
    await tell_everything(server, page)
    for _ in range(2):
        results = await axe.run(page, context="barev-chat")
        assert found(results) == []
        assert len(results.response["passes"]) > 15  # it did look inside
        await page.locator("[aria-haspopup=menu]").click()


async def test_axe_would_find_a_button_without_a_name(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await page.locator(".send").evaluate("node => node.removeAttribute('aria-label')")
    assert [line.split(":")[0] for line in found(await Axe().run(page, context="barev-chat"))] == [
        "button-name"
    ]


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 256)])
async def test_at_a_zoom_of_200_and_400_percent_all_is_there(
    browser: Browser, server: FakeBarev, width: int, height: int
) -> None:
    """A window of 1280 pixels: what is left of it in CSS pixels (WCAG 1.4.4 and 1.4.10)."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=1280 / width
    )
    page = await context.new_page()
    await page.goto(f"{server.url}/shop?lang=hy")
    await open_chat(page)
    await tell_everything(server, page)
    assert await page.evaluate(OVERFLOWS) == []
    for part in (box(page), page.locator("[aria-haspopup=menu]"), page.locator(".tool").last):
        await expect(part).to_be_in_viewport(ratio=1)
    await page.locator(".stars button").last.scroll_into_view_if_needed()
    await expect(page.locator(".stars button").last).to_be_in_viewport(ratio=1)
    await context.close()
