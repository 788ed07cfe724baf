"""axe-core finds nothing on the pages of the staff: signing in, the desk with everything in it, the owner's pages."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.bot.desk.test_in_browser import AGENTS, at_desk, house, shopper
from tests.bot.widget.test_axe import found
from tests.rig.demo_shop import DemoShop

__all__ = ["house"]  # the demo shop, one for this module too

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

ALL_LOOKS = [(theme, language) for theme in ("light", "dark") for language in AGENTS]
EVERY_DAY = {("light", "en"), ("dark", "hy"), ("light", "ka")}
LOOKS = [pytest.param(*look, marks=() if look in EVERY_DAY else pytest.mark.long) for look in ALL_LOOKS]
OWNER = AGENTS["en"]


async def clean(page: Page) -> None:
    results = await Axe().run(page)
    assert found(results) == [], page.url
    assert len(results.response["passes"]) > 10  # it did look


@pytest.mark.parametrize(("theme", "language"), LOOKS)
async def test_signing_in_and_the_desk(browser: Browser, house: DemoShop, theme: str, language: str) -> None:
    context = await browser.new_context(color_scheme=theme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{house.url}/staff/sign-in?lang={language}")
    await clean(page)
    if theme == "light":  # in every look it would be one wrong sign-in too many
        await page.fill("#email", "nobody@shop.example")
        await page.fill("#password", "not the password")
        await page.press("#password", "Enter")
        await expect(page.locator(".bad").first).to_be_visible()
        await clean(page)
    await context.close()

    words = f"axe {theme} {language}"
    await shopper(house, words, language=language, level=1)
    await shopper(house, "another one")
    context, page, errors = await at_desk(browser, house, language, color_scheme=theme)
    await clean(page)  # the list alone
    await page.locator(".row", has_text=words).click()
    await expect(page.locator(".take")).to_be_visible()
    await clean(page)
    await page.locator(".take").click()
    await expect(page.locator("#answer")).to_be_focused()
    await page.fill("#answer", "Hello")
    await page.press("#answer", "Enter")
    await expect(page.locator(".line.agent:not(.unsent)")).to_have_count(1)
    await expect(page.locator(".hidden-part button")).to_be_visible()
    await clean(page)
    await page.locator(".hidden-part button").click()
    await expect(page.locator(".hidden-part")).to_have_count(0)
    await clean(page)
    await page.locator(".actions .main").click()
    await expect(page.locator(".box")).to_be_hidden()
    assert errors == []
    await context.close()


@pytest.mark.parametrize(("theme", "language"), LOOKS)
async def test_the_owners_pages(browser: Browser, house: DemoShop, theme: str, language: str) -> None:
    context = await browser.new_context(color_scheme=theme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{house.url}/staff/sign-in")
    await page.fill("#email", OWNER)
    await page.fill("#password", house.passwords[OWNER])
    await page.press("#password", "Enter")
    await page.wait_for_url("**/owner")
    await page.evaluate("code => document.querySelector(`[name=language][value=${code}]`).click()", language)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    customer = await page.locator("a[href^='/owner/customers/']").first.get_attribute("href")
    for path in ("/owner", customer, "/owner/ratings", "/owner/shop", "/staff/password"):
        await page.goto(f"{house.url}{path}")
        await clean(page)
    await context.close()
