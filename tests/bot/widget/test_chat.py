"""Talking: what is sent, what is shown, what is remembered."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, bubble, bubbles, launcher, open_chat, say, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_a_mere_page_view_opens_no_connection(server: FakeBarev, page: Page) -> None:
    await expect(launcher(page)).to_be_visible()
    await page.wait_for_timeout(300)
    assert server.frames == []


async def test_the_shopper_is_greeted_asks_and_is_answered(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await say(page, "Where is my order?")
    await wait_for_bubbles(
        page, "Assistant: Welcome!", "You: Where is my order?", "Assistant: You said: Where is my order?"
    )
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    await expect(box(page)).to_have_value("")
    hello, *_ = server.frames
    assert hello == {
        "type": "hello",
        "token": None,
        "customer": None,
        "sent": [],
        "last_seq": 0,
        "language": "en",
    }
    (message,) = server.sent("message")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", message["id"])


async def test_messages_arrive_in_the_order_they_were_typed(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    server.answer = lambda text: []
    for n in range(8):
        await say(page, f"message {n}")
    await expect(page.locator(".shopper.sent")).to_have_count(8)
    wanted = [f"message {n}" for n in range(8)]
    assert [frame["text"] for frame in server.sent("message")] == wanted
    assert (await bubbles(page))[1:] == [f"You: {text}" for text in wanted]


async def test_dots_stand_until_the_turn_ends(server: FakeBarev, page: Page) -> None:
    server.keep_turns = True
    await open_chat(page)
    await say(page, "hello")
    dots = page.locator(".dots")
    await expect(dots).to_be_visible()
    await server.say("Looking it up.", in_reply_to=2)
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: Looking it up.")
    await expect(dots).to_be_visible()
    await server.talk.tell({"type": "turn_end", "in_reply_to": 2})
    await expect(dots).to_be_hidden()


async def test_a_reload_brings_the_conversation_back(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await say(page, "hello")
    shown = ["Assistant: Welcome!", "You: hello", "Assistant: You said: hello"]
    await wait_for_bubbles(page, *shown)
    await page.reload()
    await wait_for_bubbles(page, *shown)
    await expect(page.locator(".panel")).to_be_visible()
    assert [frame["last_seq"] for frame in server.sent("hello")] == [0, 0]
    assert server.sent("hello")[1]["token"] == "token-1"


async def test_a_long_history_comes_page_by_page_and_keeps_its_place(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    for n in range(2, 131):
        server.talk.add("bot", f"line {n}")
    await server.cut()
    rows = page.locator(".row")
    await expect(rows).to_have_count(50)
    await expect(rows.last).to_contain_text("line 130")
    await expect(rows.last).to_be_in_viewport()
    await page.locator(".scroll").evaluate("node => { node.scrollTop = 40 }")
    await expect(rows).to_have_count(100)
    await expect(bubble(page, "line 81")).to_be_in_viewport()  # what was read stays where it was
    await page.locator(".scroll").evaluate("node => { node.scrollTop = 0 }")
    await expect(rows).to_have_count(130)
    assert [frame["before"] for frame in server.sent("history")] == [81, 31]
    assert [int(text.split()[-1]) for text in (await bubbles(page))[1:]] == list(range(2, 131))


async def test_news_do_not_pull_away_who_reads_above(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    for n in range(40):
        await server.say(f"line {n}")
    await expect(page.locator(".row").last).to_be_in_viewport()
    await page.locator(".scroll").evaluate("node => { node.scrollTop = 300 }")
    await page.wait_for_timeout(100)
    await server.say("the news")
    await page.get_by_role("button", name="New messages").click()
    await expect(bubble(page, "the news")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="New messages")).to_be_hidden()


async def test_a_suggested_answer_is_sent_as_a_button_and_shown_at_once(
    server: FakeBarev, page: Page
) -> None:
    server.greeting = None
    server.keep_turns = True
    await open_chat(page)
    await server.say("Earlier.", buttons=[{"title": "Old", "button": "b0"}])
    await server.say(
        "How can I help?",
        buttons=[{"title": "My order", "button": "b1"}, {"title": "A person", "button": "b2"}],
    )
    replies = page.get_by_role("group", name="Suggested answers").get_by_role("button")
    await expect(replies).to_have_text(["My order", "A person"])
    await replies.first.click()
    await wait_for_bubbles(page, "Assistant: Earlier.", "Assistant: How can I help?", "You: My order")
    await expect(replies).to_have_count(0)
    (pressed,) = server.sent("button")
    assert (pressed["button"], set(pressed)) == ("b1", {"type", "id", "button"})
    await expect(box(page)).to_be_focused()


async def test_a_person_looks_different_and_has_a_name(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await server.talk.tell({"type": "status", "status": "waiting", "queue": 2, "promised_at": None})
    await expect(
        page.get_by_text("A colleague will answer you soon. Your place in the queue: 2.")
    ).to_be_visible()
    server.talk.status = "agent"
    await server.talk.tell({"type": "status", "status": "agent"})
    await expect(page.get_by_text("Our colleague", exact=True)).to_be_visible()
    await server.talk.tell({"type": "typing", "author": "agent"})
    await expect(page.locator(".dots")).to_be_visible()
    await server.say("Hello, how can I help?", author="agent", agent="Ani")
    await wait_for_bubbles(page, "Assistant: Welcome!", "Ani: Hello, how can I help?")
    await expect(page.locator(".dots")).to_be_hidden()
    await expect(page.get_by_text("You are talking with Ani")).to_be_visible()
    await say(page, "Thank you")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    await expect(page.locator(".dots")).to_be_hidden()
    assert server.sent("typing") == [{"type": "typing"}]
    await server.talk.tell({"type": "status", "status": "bot"})
    await expect(page.locator(".line:visible")).to_have_count(0)


async def test_messages_of_one_voice_are_grouped_and_days_are_named(server: FakeBarev, page: Page) -> None:
    server.greeting = None
    await open_chat(page)
    for at in (
        "2026-01-30T10:00:00Z",
        "2026-01-30T10:02:00Z",
        "2026-01-30T10:30:00Z",
        "2026-01-31T21:00:00Z",
    ):
        await server.say(f"at {at}", at=at)
    await expect(page.locator(".day:visible")).to_have_text(
        ["30.01.2026", "01.02.2026"]
    )  # Yerevan is four hours ahead
    await expect(page.locator(".foot:visible")).to_have_text(["14:02", "14:30", "01:00"])


async def test_unread_messages_are_counted_while_the_chat_is_closed(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await page.keyboard.press("Escape")
    badge = page.locator(".badge")
    await expect(badge).to_be_hidden()
    await server.say("One.")
    await server.say("Two.", author="agent")
    await server.say("Somebody joined.", author="system")
    await expect(badge).to_have_text("2")
    await expect(badge).to_have_attribute("aria-label", "Unread messages: 2")
    await page.reload()
    await expect(badge).to_have_text("2")
    await open_chat(page)
    await expect(badge).to_be_hidden()
    await page.wait_for_timeout(400)
    assert server.sent("read")[-1] == {"type": "read", "seq": 4}
