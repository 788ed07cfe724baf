"""What the server will not take, and what it says in a way that this widget does not know."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, open_chat, say, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_a_message_too_long_for_the_server_goes_back_into_the_box(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    server.errors = [{"code": "too_long", "text": "Please make it shorter."}]
    await say(page, "a long story")
    await expect(page.get_by_role("status").get_by_text("Please make it shorter.")).to_be_visible()
    await expect(box(page)).to_have_value("a long story")
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await box(page).press("Enter")
    await wait_for_bubbles(
        page, "Assistant: Welcome!", "You: a long story", "Assistant: You said: a long story"
    )
    await expect(page.get_by_text("Please make it shorter.")).to_be_hidden()


async def test_too_many_messages_are_sent_later_in_order(server: FakeBarev, page: Page) -> None:
    server.answer = lambda text: []
    await open_chat(page)
    server.errors = [{"code": "slow_down", "text": "One moment, please.", "retry_after": 0.3}] * 2
    await say(page, "one")
    await say(page, "two")
    await expect(page.get_by_text("One moment, please.")).to_be_visible()
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: one", "You: two")
    await expect(page.locator(".shopper.sent")).to_have_count(2)
    assert [frame["text"] for frame in server.sent("message")] == ["one", "one", "one", "two"]


async def test_a_refused_message_is_marked_and_can_be_sent_again(server: FakeBarev, page: Page) -> None:
    server.answer = lambda text: []
    await open_chat(page)
    server.errors = [{"code": "internal", "text": "Something went wrong."}]
    await say(page, "one")
    await say(page, "two")
    await expect(page.locator(".shopper.failed")).to_have_count(1)
    await expect(page.locator(".shopper.sent")).to_have_count(1)  # one refusal does not hold up the rest
    await page.get_by_role("button", name="Try again").click()
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: two", "You: one")
    await expect(page.locator(".shopper.sent")).to_have_count(2)
    ids = [frame["id"] for frame in server.sent("message")]
    assert ids[0] == ids[2]


async def test_an_expired_button_leaves_no_bubble_behind(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("Choose.", buttons=[{"title": "Yes", "button": "b"}])
    server.errors = [{"code": "expired_button", "text": "This button is no longer valid."}]
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("This button is no longer valid.")).to_be_visible()
    await wait_for_bubbles(page, "Assistant: Welcome!", "Assistant: Choose.")


async def test_what_the_server_made_unreadable_is_shown_so(server: FakeBarev, page: Page) -> None:
    server.keep_turns = True
    await open_chat(page)
    await say(page, "my card is 4111111111111111")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    await server.talk.tell({**server.talk.rows[1], "text": "my card is ••••"})
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: my card is ••••")


async def test_frames_of_a_newer_server_do_no_harm(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    for frame in (
        {"type": "fireworks"},
        {"type": "constructor"},
        {"type": "message", "seq": "x", "text": "no"},
    ):
        await server.talk.tell(frame)
    await server.say("Of a new kind.", author="robot")
    await wait_for_bubbles(page, "Assistant: Welcome!", "Note: Of a new kind.")
