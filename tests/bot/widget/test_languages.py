"""Three languages: the widget's own words, the marks for screen readers, the switch."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, bubble, launcher, open_chat, say, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def choose(page: Page, name: str) -> None:
    await page.locator("[aria-haspopup=menu]").click()
    await page.get_by_role("menuitemradio", name=name).click()


async def test_the_switch_changes_every_word_at_once_and_tells_the_server(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await choose(page, "ქართული")
    await expect(box(page)).to_have_attribute("placeholder", "დაწერეთ შეტყობინება…")
    await expect(page.get_by_role("button", name="ჩატის დახურვა")).to_be_visible()
    await expect(page.locator(".panel")).to_have_attribute("lang", "ka")
    await expect(page.locator(".day")).to_have_text("დღეს")
    await page.wait_for_timeout(100)
    assert server.sent("language") == [{"type": "language", "language": "ka"}]
    await page.keyboard.press("Escape")
    await expect(launcher(page)).to_have_attribute("aria-label", "ჩატის გახსნა")


async def test_the_choice_is_remembered(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await choose(page, "Հայերեն")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Գրեք հաղորդագրություն…")).to_be_visible()
    await page.wait_for_timeout(200)
    assert server.sent("hello")[1]["language"] == "hy"


async def test_a_choice_made_without_a_connection_is_told_later(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    server.refuse = True
    await server.cut()
    await choose(page, "ქართული")
    assert server.sent("language") == []
    server.refuse = False
    await page.evaluate("dispatchEvent(new Event('online'))")
    await say(page, "ok")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    assert server.talk.language == "ka"


async def test_the_conversations_language_leads_on_the_next_visit(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    server.talk.language = "hy"  # the shopper wrote Armenian
    await page.reload()
    await expect(page.get_by_role("textbox", name="Գրեք հաղորդագրություն…")).to_be_visible()
    assert server.sent("language") == []


async def test_the_server_may_change_the_language_in_a_status(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await server.talk.tell({"type": "status", "status": "bot", "language": "ka"})
    await expect(page.get_by_role("textbox", name="დაწერეთ შეტყობინება…")).to_be_visible()


async def test_switching_the_pages_language_switches_the_chat(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await choose(page, "Հայերեն")
    await page.goto(f"{server.url}/shop?lang=ka")
    await expect(page.get_by_role("textbox", name="დაწერეთ შეტყობინება…")).to_be_visible()
    await page.wait_for_timeout(200)
    assert server.talk.language == "ka"


async def test_bubbles_carry_the_language_of_their_script(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("Բարև Ձեզ")
    await server.say("გამარჯობა")
    await server.say("barev dzez", author="shopper")
    await server.say("Hello")
    await server.say("Order BR-1", language="ka")
    for text, language in [
        ("Բարև Ձեզ", "hy"),
        ("გამარჯობა", "ka"),
        ("barev dzez", ""),
        ("Hello", "en"),
        ("Order BR-1", "ka"),
    ]:
        await expect(bubble(page, text)).to_have_attribute("lang", language)


async def test_the_page_may_set_the_language_but_not_an_unknown_one(server: FakeBarev, page: Page) -> None:
    await page.evaluate("Barev.setLanguage('hy')")
    await expect(launcher(page)).to_have_attribute("aria-label", "Բացել զրույցը")
    await page.evaluate("Barev.setLanguage('fr')")
    await expect(launcher(page)).to_have_attribute("aria-label", "Բացել զրույցը")
    await open_chat(page)
    await expect(page.get_by_role("dialog", name="Բարև")).to_be_visible()
    assert server.sent("hello")[0]["language"] == "hy"
