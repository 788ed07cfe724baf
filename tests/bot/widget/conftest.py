"""A browser, a page that tolerates no error, and the fake server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.bot.widget.fake_server import FakeBarev

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Chromium at {CHROMIUM}: the widget cannot be tested")
        pytest.skip(f"no Chromium at {CHROMIUM}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[FakeBarev]:
    server = FakeBarev()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: FakeBarev) -> AsyncIterator[Page]:
    """The demo shop's page, loaded. Errors of scripts and of the content policy fail the test at its end."""
    context = await browser.new_context(locale="en-GB", timezone_id="Asia/Yerevan")
    page = await context.new_page()
    page.set_default_timeout(5000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A socket that cannot be opened is the browser's own remark, and what some tests are about.
    page.on("console", lambda m: m.type == "error" and "WebSocket" not in m.text and errors.append(m.text))
    await page.goto(f"{server.url}/shop?lang=en")
    yield page
    await context.close()
    assert errors == []
