"""The owner at work in Chromium, in three languages: sign in, search, sort, file, ledger, and a fact that is told."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.pages.catalogues import translations
from crm_store import shop
from tests.rig.demo_shop import DemoShop, demo_shop

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OWNER = "tatev@tatev-tamar.example.com"
AGENT = "lusine@tatev-tamar.example.com"
ANI = "Անի Գրիգորյան"
UNLABELLED = """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), textarea')]
  .filter((node) => !(node.textContent.trim() || node.labels?.length || node.getAttribute('aria-label')))
  .map((node) => node.outerHTML)"""
OVERFLOWS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoShop]:
    async with demo_shop(tmp_path_factory.mktemp("owner")) as shop_:
        yield shop_


async def opened(browser: Browser, **options: Any) -> tuple[BrowserContext, Page, list[str]]:
    """A page, and what its console complains of: broken scripts, and what the content policy refused."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    page.set_default_timeout(8000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: m.type == "error" and "status of 4" not in m.text and errors.append(m.text))
    return context, page, errors


async def sign_in(page: Page, house: DemoShop, email: str, language: str) -> None:
    """With the keyboard alone; then the pages are put into the language."""
    await page.goto(f"{house.url}/staff/sign-in?lang={language}")
    await expect(page.locator("#email")).to_be_focused()
    await page.keyboard.type(email)
    await page.keyboard.press("Tab")
    await page.keyboard.type(house.passwords[email])
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.goto(f"{house.url}/staff/password")
    await page.locator(".me summary").click()
    await page.locator(f".me button[value={language}]").click()
    await expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_an_owner_finds_a_customer_reads_why_and_changes_a_fact(
    browser: Browser, house: DemoShop, language: str
) -> None:
    say = translations(language).gettext
    context, page, errors = await opened(browser, accept_downloads=True)
    await page.goto(f"{house.url}/owner")
    await page.wait_for_url("**/staff/sign-in?next=/owner")
    await sign_in(page, house, OWNER, language)
    await page.goto(f"{house.url}/owner")

    names = page.locator("tbody [role=rowheader]")
    assert await names.count() == 50
    await page.get_by_role("button", name=say("Points"), exact=True).click()
    figures = [
        int("".join(c for c in text if c.isdigit()))
        for text in await page.locator(".points").all_inner_texts()
    ]
    assert figures == sorted(figures, reverse=True) and figures[0] > 0
    await page.get_by_role("button", name=say("Next")).click()
    lower = await page.locator(".points").first.inner_text()
    assert int("".join(c for c in lower if c.isdigit())) <= figures[-1]

    await page.locator("#q").fill("ani grigorian")
    await page.keyboard.press("Enter")
    await expect(names.filter(has_text=ANI)).to_have_count(1)
    async with page.expect_download() as download:
        await page.get_by_role("button", name=say("Download CSV")).click()
    file = await (await download.value).path()
    rows = list(csv.reader(io.StringIO(Path(file).read_text("utf-8-sig"))))
    assert rows[0][0] == say("Name") and ANI in [row[0] for row in rows[1:]]

    await page.get_by_role("link", name=ANI).click()
    await expect(page.locator("h1")).to_have_text(ANI)
    balance = await page.locator(".figures dd").first.inner_text()
    assert await page.locator(".after").first.inner_text() == balance

    told = f"* {language} *\nOn Mondays."
    await page.goto(f"{house.url}/owner/shop")
    await page.locator(f"#shipping_{language}").fill(told)
    await page.locator("#shipping button").click()
    await expect(page.locator("#shipping [role=status]")).to_have_text(
        say("Saved. The assistant tells it from its next answer on.")
    )
    async with house.store.read() as session:
        assert (await shop.facts(session, "shipping"))[language] == told
    await page.locator("#day0").fill("late")
    await page.locator("#hours button").click()
    await expect(page.locator("#day0-wrong")).to_contain_text("10:00-19:00")
    await expect(page.locator("[role=alert]")).to_be_visible()
    assert errors == []
    await context.close()


async def test_an_agent_is_told_politely_that_a_page_is_not_theirs(browser: Browser, house: DemoShop) -> None:
    context, page, _ = await opened(browser)
    await sign_in(page, house, AGENT, "hy")
    response = await page.goto(f"{house.url}/owner/shop")
    assert response and response.status == 403
    await expect(page.locator("main")).to_contain_text("խանութի տիրոջը")
    assert await page.locator("nav a[href^='/owner']").count() == 0
    await context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (320, "light"), (1180, "light")])
async def test_pages_fit_and_everything_has_a_name(
    browser: Browser, house: DemoShop, width: int, scheme: str
) -> None:
    context, page, errors = await opened(
        browser, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    for language in ("hy", "ka"):
        await page.goto(f"{house.url}/staff/sign-in?lang={language}")
        assert not await page.evaluate(OVERFLOWS)
    await sign_in(page, house, OWNER, "ka")
    await page.goto(f"{house.url}/owner")
    ledger = await page.locator("tbody a").first.get_attribute("href")
    for path in ("/owner", ledger, "/owner/ratings", "/owner/shop", "/staff/password"):
        await page.goto(f"{house.url}{path}")
        assert not await page.evaluate(OVERFLOWS), path
        assert await page.evaluate(UNLABELLED) == [], path
    assert errors == []
    await context.close()
