"""By keyboard and by screen reader alone; colours that can be read."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, launcher, open_chat, say, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FOCUSED = """() => {
  const { activeElement } = document.querySelector('barev-chat').shadowRoot;
  return activeElement && (activeElement.ariaLabel || activeElement.textContent || activeElement.className);
}"""

# Every text of the widget that is visible, with the contrast of its colour to what is painted behind it (WCAG 2.2).
CONTRASTS = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const root = document.querySelector('barev-chat').shadowRoot;
  return [...root.querySelectorAll('*')]
    .filter((node) => node.checkVisibility() && !node.classList.contains('sr')
      && ([...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) || node.placeholder))
    .map((node) => {
      const style = getComputedStyle(node, node.placeholder ? '::placeholder' : null);
      const pair = [luminance(parse(style.color)), luminance(behind(node))].sort((a, b) => b - a);
      return [node.textContent || node.placeholder, (pair[0] + 0.05) / (pair[1] + 0.05)];
    });
}"""


async def test_everything_can_be_done_by_keyboard(server: FakeBarev, page: Page) -> None:
    server.greeting = None
    await launcher(page).focus()
    await page.keyboard.press("Enter")
    await expect(box(page)).to_be_focused()
    await expect(page.locator("barev-chat .dots")).to_be_hidden()
    await server.say("How can I help?", buttons=[{"title": "My order", "button": "b1"}])
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(FOCUSED) == "My order"
    await page.keyboard.press("Space")
    await expect(box(page)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".shopper.sent")).to_have_count(2)
    assert [frame.get("text") or frame["button"] for frame in server.frames[1:] if "id" in frame] == [
        "b1",
        "one\ntwo",
    ]
    order = []
    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
        order.append(await page.evaluate(FOCUSED))
    assert order[1:] == ["Close the chat", "Language"]
    assert order[0].startswith("Messages") or "How can I help?" in order[0]
    await page.keyboard.press("Enter")
    assert await page.evaluate(FOCUSED) == "English"
    await page.keyboard.press("ArrowUp")
    assert await page.evaluate(FOCUSED) == "ქართული"
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate(FOCUSED) == "Հայերեն"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    assert await page.evaluate(FOCUSED) == "Language"
    await page.keyboard.press("Escape")
    await expect(page.locator(".panel")).to_be_hidden()
    await expect(launcher(page)).to_be_focused()


async def test_a_screen_reader_finds_its_way(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("Choose.", buttons=[{"title": "Yes", "button": "b"}])
    await expect(page.locator(".panel")).to_match_aria_snapshot(
        """
        - dialog "Barev":
          - heading "Barev" [level=2]
          - paragraph: Automatic assistant
          - button "Language" [expanded=false]
          - button "Close the chat"
          - log "Messages"
          - group "Suggested answers":
            - button "Yes"
          - textbox "Write a message…"
          - button "Send" [disabled]
        """
    )
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await page.get_by_role("button", name="Language").click()
    await expect(page.get_by_role("menu", name="Language")).to_match_aria_snapshot(
        """
        - menu "Language":
          - menuitemradio "English" [checked]
          - menuitemradio "Հայերեն"
          - menuitemradio "ქართული"
        """
    )


async def test_a_bubble_once_read_out_is_never_built_again(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await wait_for_bubbles(page, "Assistant: Welcome!")
    await page.evaluate(
        """() => {
          window.built = [];
          new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => {
            if (!node.parentElement?.closest('[aria-live=off]')) window.built.push(node.textContent);
          }))).observe(document.querySelector('barev-chat').shadowRoot.querySelector('[role=log]'),
            { childList: true, subtree: true });
        }"""
    )
    await say(page, "hello")
    await wait_for_bubbles(page, "Assistant: Welcome!", "You: hello", "Assistant: You said: hello")
    await server.say("And more.")
    await expect(page.locator(".bubble:visible")).to_have_count(4)
    built = await page.evaluate("built")
    assert len([text for text in built if "Welcome!" in text]) == 0
    assert len([text for text in built if re.search("You: hello", text)]) == 1
    assert len([text for text in built if "You said: hello" in text]) == 1


async def test_enter_belongs_to_an_input_method_while_it_composes(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await box(page).fill("ба")
    for extra in ("isComposing: true", "keyCode: 229"):
        await box(page).evaluate(
            f"node => node.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, {extra} }}))"
        )
    await expect(box(page)).to_have_value("ба")
    await page.wait_for_timeout(100)
    assert server.sent("message") == []


async def test_the_box_grows_counts_near_the_end_and_stops_at_two_thousand(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    height = (await box(page).bounding_box() or {})["height"]
    assert height == 44
    await box(page).fill("one\ntwo\nthree")
    assert (await box(page).bounding_box() or {})["height"] > height + 40
    await expect(page.locator(".count")).to_be_hidden()
    await box(page).fill("x" * 1801)
    await expect(page.locator(".count")).to_have_text("1801 / 2000")
    await box(page).fill("x" * 1999)
    await box(page).press("End")
    await page.keyboard.type("yz")
    await expect(page.locator(".count")).to_have_text("2000 / 2000")
    await box(page).fill("   ")
    await expect(page.get_by_role("button", name="Send")).to_be_disabled()
    await box(page).press("Enter")
    await page.wait_for_timeout(100)
    assert server.sent("message") == []


async def test_a_draft_survives_a_change_of_page(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await box(page).fill("half a thought")
    await page.reload()
    await expect(box(page)).to_have_value("half a thought")
    await expect(box(page)).not_to_be_focused()  # an open chat comes back without taking the page's focus


@pytest.mark.parametrize(
    ("theme", "accent"),
    [
        ("light", "#b3432b"),
        ("dark", "#b3432b"),
        ("light", "#ffd43b"),
        ("dark", "#101828"),
        ("light", "#2e9e6b"),
    ],
)
async def test_every_text_can_be_read(server: FakeBarev, page: Page, theme: str, accent: str) -> None:
    options = f"data-accent=%23{accent[1:]} data-theme={theme}".replace(" ", "%20")
    await page.goto(f"{server.url}/embed?src=/widget.js&options={options}")
    await page.emulate_media(reduced_motion="reduce")
    await open_chat(page)
    await server.talk.tell({"type": "status", "status": "agent", "agent": "Ani"})
    await server.say("I am Ani.", author="agent", agent="Ani")
    await server.say("Noted.", author="system")
    steps = [{"text": "Packed", "done": True}, {"text": "Sent", "current": True}, {"text": "Here"}]
    for status in ("in_transit", "delivered", "cancelled"):
        await server.say(
            "See.",
            card={
                "kind": "order",
                "number": "7",
                "status": status,
                "status_text": status,
                "placed_text": "today",
                "steps": steps,
                "tracking_url": "https://post.example",
            },
        )
    server.errors = [{"code": "internal", "text": "Something went wrong."}]
    await say(page, "https://shop.example")
    await expect(page.locator(".failed")).to_have_count(1)
    await say(page, "hello")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    await server.say("Choose.", buttons=[{"title": "Yes", "button": "b"}])
    await page.locator("[aria-haspopup=menu]").click()
    await box(page).evaluate("node => { node.value = '' }")
    found = await page.evaluate(CONTRASTS)
    assert len(found) > 30
    assert [(text, round(ratio, 2)) for text, ratio in found if ratio < 4.5] == []


async def test_everything_to_press_is_large_enough_for_a_thumb(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    server.errors = [{"code": "internal", "text": "no"}]
    await say(page, "x")
    card = {"kind": "order", "number": "7", "tracking_url": "https://post.example"}
    await server.say("Choose.", card=card, buttons=[{"title": "A", "button": "b"}])
    await page.get_by_role("button", name="Language").click()
    targets = page.locator("barev-chat .panel button:visible, barev-chat .card a, barev-chat textarea")
    boxes = [await target.bounding_box() for target in await targets.all()]
    assert len(boxes) == 10
    assert [b for b in boxes if b is None or b["height"] < 44 or b["width"] < 44] == []
