"""The five buttons of a rating question are stars; what was given is shown."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import box, open_chat, wait_for_bubbles
from tests.bot.widget.test_axe import ASKED, GIVEN, STARS

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FILLED = """() => [...document.querySelector('barev-chat').shadowRoot.querySelectorAll('.stars svg')]
  .map((star) => getComputedStyle(star).fill !== 'none')"""


async def test_stars_are_named_buttons_and_the_fourth_says_good(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("How was it?", card=ASKED, buttons=STARS)
    await expect(page.locator(".replies")).to_match_aria_snapshot(
        """
        - group "Suggested answers":
          - button "1 – very bad"
          - button "2 – bad"
          - button "3 – so-so"
          - button "4 – good"
          - button "5 – excellent"
        """
    )
    await expect(page.locator(".card")).to_have_count(0)
    await page.get_by_role("button", name="4 – good").click()
    await wait_for_bubbles(
        page,
        "Assistant: Welcome!",
        "Assistant: How was it?",
        "You: 4 – good",
        "Assistant: You said: 4 – good",
    )
    assert [frame["button"] for frame in server.sent("button")] == ["b4"]
    await expect(page.locator(".stars")).to_have_count(0)


async def test_stars_up_to_the_one_meant_are_filled_by_mouse_and_by_keyboard(
    server: FakeBarev, page: Page
) -> None:
    await open_chat(page)
    await server.say("How was it?", card=ASKED, buttons=STARS)
    stars = page.locator(".stars button")
    await expect(stars).to_have_count(5)
    assert await page.evaluate(FILLED) == [False] * 5
    await stars.nth(2).hover()
    assert await page.evaluate(FILLED) == [True] * 3 + [False] * 2
    await page.mouse.move(0, 0)
    await box(page).focus()
    for _ in range(2):
        await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(FILLED) == [True] * 4 + [False]
    await page.keyboard.press("Enter")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    assert [frame["button"] for frame in server.sent("button")] == ["b4"]


async def test_a_question_with_other_buttons_keeps_them_as_words(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("How was it?", card=ASKED, buttons=STARS[:4])
    await expect(page.locator(".replies:not(.stars) button")).to_have_count(4)


async def test_a_rating_that_was_given_is_shown(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say("Thank you!", card=GIVEN)
    await expect(page.get_by_role("region", name="Your rating")).to_match_aria_snapshot(
        """
        - region "Your rating":
          - text: Order BR-104217
          - img "4 / 5"
        """
    )
    assert await page.evaluate(FILLED) == [True] * 4 + [False]
