"""On phones and desktops, in light and dark: it fits, it moves only where it may."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import open_chat, say

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

LONG = "Շատերկարբառառանցբացատների" * 12
OVERFLOWS = """() => [document.documentElement,
    ...document.querySelector('barev-chat').shadowRoot.querySelectorAll('*')]
  .filter((node) => node.clientWidth && !node.matches('.sr, svg *') && node.scrollWidth > node.clientWidth + 1)
  .map((node) => node.className || node.tagName)"""


@pytest.mark.parametrize(("width", "language"), [(320, "hy"), (390, "ka"), (390, "en")])
async def test_on_a_phone_the_chat_fills_the_screen_and_nothing_scrolls_sideways(
    browser: Browser, server: FakeBarev, width: int, language: str
) -> None:
    viewport = {"width": width, "height": 700}
    context = await browser.new_context(viewport=viewport, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{server.url}/shop?lang={language}")
    assert await page.evaluate(OVERFLOWS) == []
    await open_chat(page)
    server.answer = lambda text: [
        {
            "text": f"{text} https://post.example/{'x' * 90}",
            "buttons": [{"title": LONG[:80], "button": "b"}],
            "card": {
                "kind": "order",
                "number": "BR-104217",
                "status_text": LONG[:60],
                "placed_text": "20 նոյեմբերի, 2026 թ.",
                "lines": [{"title": LONG[:90], "quantity": 3, "price_text": "1 299 000 ֏"}],
                "total_text": "1 299 000 ֏",
            },
        }
    ]
    await say(page, LONG)
    await expect(page.locator(".card")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await page.locator(".panel").bounding_box() == {"x": 0, "y": 0, **viewport}
    assert await page.evaluate(OVERFLOWS) == []
    size = await page.locator("barev-chat textarea").evaluate("node => getComputedStyle(node).fontSize")
    assert size == "16px"  # below it iPhones zoom into the page
    await context.close()


async def test_on_a_desktop_it_is_a_panel_that_fits_a_low_window(server: FakeBarev, page: Page) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await open_chat(page)
    panel = page.locator(".panel")
    assert await panel.bounding_box() == {
        "x": 1280 - 20 - 380,
        "y": 720 - 20 - 600,
        "width": 380,
        "height": 600,
    }
    await page.set_viewport_size({"width": 1000, "height": 480})
    assert await panel.bounding_box() == {"x": 600, "y": 20, "width": 380, "height": 440}


async def test_colours_follow_the_system_unless_the_page_says_otherwise(
    server: FakeBarev, page: Page
) -> None:
    ground = "node => getComputedStyle(node).backgroundColor"
    light, dark = "rgb(255, 253, 251)", "rgb(29, 26, 24)"
    for system, option, colour in [
        ("light", "", light),
        ("dark", "", dark),
        ("dark", "data-theme=light", light),
        ("light", "data-theme=dark", dark),
    ]:
        await page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        await page.goto(f"{server.url}/embed?src=/widget.js&options={option}")
        await open_chat(page)
        assert await page.locator(".panel").evaluate(ground) == colour
        await page.keyboard.press("Escape")


async def test_nothing_moves_for_who_wants_no_motion(server: FakeBarev, page: Page) -> None:
    running = "() => document.querySelector('barev-chat').shadowRoot.getAnimations().length"
    server.keep_turns = True
    await open_chat(page)
    await say(page, "hello")
    await expect(page.locator(".dots")).to_be_visible()
    assert await page.evaluate(running) > 0
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(running) == 0


async def test_the_shops_styles_stay_outside(server: FakeBarev, page: Page) -> None:
    await page.goto(f"{server.url}/embed?src=/widget.js")
    await open_chat(page)
    looks = (
        "node => { const s = getComputedStyle(node); return [s.fontSize, s.color, s.padding, s.display]; }"
    )
    target = page.get_by_role("button", name="Close the chat")
    before = await target.evaluate(looks)
    await page.add_style_tag(
        content="* { font-size: 40px !important; color: red !important; padding: 9px !important } button { order: 9 }"
    )
    await page.add_style_tag(content="barev-chat { font: 50px serif; color: lime }")
    assert await target.evaluate(looks) == before
