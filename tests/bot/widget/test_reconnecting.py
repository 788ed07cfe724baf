"""Lost lines, restarts and refusals: nothing lost, nothing twice, nothing out of order."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import bubbles, most_alike, open_chat, say, wait_for_bubbles, watch_for_doubles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

BANNER = "Reconnecting…"

SWALLOW_ONE = """() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (frame) {
    if (JSON.parse(frame).type !== "message") return send.call(this, frame);
    WebSocket.prototype.send = send;
  };
}"""
"""The next message; what the widget says of itself goes out."""


async def test_a_message_whose_ack_was_lost_is_resent_with_its_id_and_never_doubled(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await watch_for_doubles(page)
    server.cut_before_ack = 2
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    sent = server.sent("message")
    assert len(sent) == 3
    assert len({frame["id"] for frame in sent}) == 1
    assert [frame["last_seq"] for frame in server.sent("hello")] == [0, 1, 2]
    assert await most_alike(page) == 1


async def test_a_message_on_its_way_survives_a_reload(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    server.refuse = True
    await server.cut()
    await say(page, "are you there?")
    await say(page, "hello?")
    await expect(page.locator(".shopper.sending")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".shopper.sending")).to_have_count(2)
    server.refuse = False
    await wait_for_bubbles(
        page,
        "Assistant: Welcome!",
        "You: are you there?",
        "Assistant: You said: are you there?",
        "You: hello?",
        "Assistant: You said: hello?",
    )
    assert await page.evaluate("Object.values(sessionStorage).sort().join()") == "[],true"


async def test_a_message_taken_just_before_a_reload_is_not_shown_twice(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    server.cut_before_ack = 1
    server.keep_turns = True
    await say(page, "hello")
    await expect(page.locator(".shopper.sending")).to_have_count(1)
    await page.reload()
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    await page.wait_for_timeout(300)
    assert await bubbles(page) == ["Assistant: Welcome!", "You: hello"]


async def test_the_same_words_said_twice_are_two_messages(server: FakeBarev, page: Page) -> None:
    server.answer = lambda text: []
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await say(page, "ok")
    server.cut_before_ack = 1
    await say(page, "ok")
    await expect(page.locator(".shopper.sent")).to_have_count(2)
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: ok", "You: ok")
    assert len(server.talk.rows) == 3


async def test_two_tabs_show_one_conversation(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    other = await page.context.new_page()
    await other.goto(f"{server.url}/shop?lang=en")
    await open_chat(other)
    await watch_for_doubles(page)
    await watch_for_doubles(other)
    await say(page, "from the first")
    await say(other, "from the second")
    await expect(page.locator(".bubble:visible")).to_have_count(5)
    await expect(other.locator(".bubble:visible")).to_have_count(5)
    assert await bubbles(page) == await bubbles(other)
    assert (await most_alike(page), await most_alike(other)) == (1, 1)
    await other.close()


async def test_a_restart_of_the_server_costs_nothing(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await say(page, "before")
    await expect(page.locator(".bubble:visible")).to_have_count(3)
    await server.stop()
    await say(page, "meanwhile")
    await page.wait_for_timeout(300)
    await expect(page.get_by_text(BANNER)).to_be_hidden()  # a short break is not worth a word
    server.talk.add("bot", "By the way.")
    await expect(page.get_by_text(BANNER)).to_be_visible()
    await server.start()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_text(BANNER)).to_be_hidden()
    await wait_for_bubbles(
        page,
        "Assistant: Welcome!",
        "You: before",
        "Assistant: You said: before",
        "Assistant: By the way.",
        "You: meanwhile",
        "Assistant: You said: meanwhile",
    )


async def test_coming_back_to_the_tab_reconnects_at_once(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    server.refuse = True
    await server.cut()
    await expect(page.get_by_text(BANNER)).to_be_visible()
    await page.wait_for_timeout(2500)  # by now the next attempt is seconds away
    server.refuse = False
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_text(BANNER)).to_be_hidden(timeout=800)


async def test_attempts_come_at_growing_distances_with_jitter(server: FakeBarev, page: Page) -> None:
    await page.add_init_script(
        """(() => {
          window.waits = [];
          const plain = setTimeout;
          window.setTimeout = (what, ms) => plain(what, what.name === 'connect' ? (waits.push(ms), 5) : ms);
        })()"""
    )
    server.refuse = True
    await page.reload()
    await open_chat(page)
    waits: list[float] = []
    while len(waits) < 12:
        await page.wait_for_timeout(50)
        waits = await page.evaluate("waits.slice(0, 12)")
    for number, wait in enumerate(waits):
        most = min(15_000, 1000 * 2**number)
        assert most / 2 <= wait <= most
    assert len(set(waits)) == 12


async def test_a_line_that_says_nothing_any_more_is_given_up(server: FakeBarev, page: Page) -> None:
    await page.add_init_script(
        "(() => { const plain = setTimeout; window.setTimeout = (w, ms) => plain(w, ms === 10000 ? 300 : ms); })()"
    )
    await page.reload()
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await page.evaluate(SWALLOW_ONE)
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    assert len(server.sent("hello")) == 2


async def test_more_missed_than_one_page_leaves_no_hole(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    for n in range(2, 72):
        server.talk.add("bot", f"line {n}")
    await server.cut()
    await expect(page.locator(".row")).to_have_count(50)
    await page.locator(".scroll").evaluate("node => { node.scrollTop = 0 }")
    await expect(page.locator(".row")).to_have_count(71)
