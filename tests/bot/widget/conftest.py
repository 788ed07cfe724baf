"""A browser, a page that tolerates no error, and the fake server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.bot.widget.fake_server import FakeBarev


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
