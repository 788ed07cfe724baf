"""The widget on a page: what the page may do with it, what it leaves there."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, launcher, open_chat, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_the_page_can_open_the_chat_with_a_question(server: FakeBarev, page: Page) -> None:
    await page.evaluate("Barev.open('Where is BR-1042?')")
    await expect(box(page)).to_have_value("Where is BR-1042?")
    await expect(box(page)).to_be_focused()
    assert server.sent("message") == []
    await page.evaluate("Barev.close()")
    await expect(page.locator(".panel")).to_be_hidden()
    assert await page.evaluate("Object.keys(Barev)") == ["open", "close", "setLanguage", "identify"]


async def test_a_signed_in_customer_is_named_in_the_hello_and_later(server: FakeBarev, page: Page) -> None:
    await page.evaluate("Barev.identify('jwt-1')")
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    assert server.sent("hello")[0]["customer"] == "jwt-1"
    await page.evaluate("Barev.identify('jwt-2')")
    await page.wait_for_timeout(100)
    assert server.sent("identify") == [{"type": "identify", "customer": "jwt-2"}]


async def test_the_script_leaves_one_name_on_the_page(server: FakeBarev, page: Page) -> None:
    names = "Object.keys(window).filter((name) => !known.has(name))"
    await page.goto(f"{server.url}/shop/static/mark.svg")
    await page.evaluate("window.known = null")
    before = await page.evaluate("Object.keys(window)")
    await page.goto(f"{server.url}/shop?lang=en")
    await expect(launcher(page)).to_be_visible()
    assert await page.evaluate(f"(list) => {{ const known = new Set(list); return {names}; }}", before) == [
        "Barev"
    ]


async def test_the_widget_works_on_the_page_of_another_site(server: FakeBarev, page: Page) -> None:
    script = f"http://localhost:{server.port}/widget.js"
    await page.goto(
        f"{server.url}/embed?src={script}&options=data-language=hy%20data-accent=%23246%20data-title=Shop"
    )
    await open_chat(page)
    await wait_for_bubbles(page, "Օգնական: Welcome!")
    await expect(page.get_by_role("dialog", name="Shop")).to_be_visible()
    stored = await page.evaluate("Object.keys(localStorage)")
    assert f"barev:http://localhost:{server.port}:token" in stored
    assert f"barev:{server.url}:token" not in stored
