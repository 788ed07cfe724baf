"""What the widget remembers: its token in every tab, what the server has forgotten, and storage that is blocked."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import open_chat, say, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_a_server_that_begins_anew_replaces_what_is_on_screen(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await say(page, "hello")
    await expect(page.locator(".bubble:visible")).to_have_count(3)
    del server.talk.rows[:]
    server.talk.answered = 0
    server.talk.add("bot", "A fresh start.")
    await server.cut()
    await wait_for_bubbles(page, "Assistant: A fresh start.")


async def test_an_unknown_token_is_dropped_and_a_new_conversation_begins(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    server.talks.clear()
    server.greeting = "Welcome again!"
    await page.reload()
    await wait_for_bubbles(page, "Assistant: Welcome again!")
    assert [frame["token"] for frame in server.sent("hello")] == [None, "token-1", None]


async def test_a_new_token_is_kept_instead_of_the_old_one_in_every_tab(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    second = await page.context.new_page()
    await second.goto(f"{server.url}/shop?lang=en")
    await open_chat(second)
    await wait_for_bubbles(second, "Assistant: Welcome!")
    talk = server.talks["token-2"] = server.talks.pop("token-1")
    (first, *_) = talk.sockets
    await first.send_json({"type": "token", "token": "token-2"})
    await page.wait_for_timeout(100)
    await server.cut()
    await say(page, "hello")
    for tab in (page, second):
        await wait_for_bubbles(tab, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    assert [frame["token"] for frame in server.sent("hello")] == [None, "token-1", "token-2", "token-2"]


async def test_a_tab_that_comes_too_late_drops_no_newer_token(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    talk = server.talk
    server.talks["token-2"] = server.talks.pop("token-1")
    await page.evaluate("localStorage.setItem(`barev:${location.origin}:token`, '\"token-2\"')")
    await talk.tell({"type": "error", "code": "unauthorized", "text": "no"})
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    assert [frame["token"] for frame in server.sent("hello")] == [None, "token-2"]


async def test_the_last_messages_sent_are_named_when_it_comes_back(server: FakeBarev, page: Page) -> None:
    server.answer = lambda text: []
    await open_chat(page)
    for number in range(6):
        await say(page, f"{number}")
    await expect(page.locator(".shopper.sent")).to_have_count(6)
    await page.reload()
    await expect(page.locator(".shopper.sent")).to_have_count(6)
    ids = [frame["id"] for frame in server.sent("message")]
    assert [frame["sent"] for frame in server.sent("hello")] == [[], ids[:0:-1]]


async def test_a_refused_customer_token_costs_the_visitor_nothing(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await page.evaluate("Barev.identify('expired')")
    await server.talk.tell({"type": "error", "code": "unauthorized", "text": "no"})
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    last = server.sent("hello")[-1]
    assert (last["token"], last["customer"], last["last_seq"]) == ("token-1", None, 1)


async def test_blocked_storage_costs_only_the_memory(server: FakeBarev, page: Page) -> None:
    blocked = "{ get() { throw new DOMException('blocked', 'SecurityError'); } }"
    await page.add_init_script(
        f"for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {blocked})"
    )
    await page.reload()
    await open_chat(page)
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    await server.cut()
    await say(page, "again")
    await expect(page.locator(".bubble:visible")).to_have_count(5)
    assert [frame["token"] for frame in server.sent("hello")] == [None, "token-1"]
