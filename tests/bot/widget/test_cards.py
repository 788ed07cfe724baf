"""Cards beside a message."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import open_chat, wait_for_bubbles

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_an_order_is_shown_as_a_card(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say(
        "Your order is on its way.",
        card={
            "kind": "order",
            "number": "BR-104217",
            "status": "in_transit",
            "status_text": "On its way",
            "steps": [{"text": "Packed", "done": True}, {"text": "With the courier", "current": True}],
            "placed_text": "20 November 2026",
            "promised_text": "24 November 2026",
            "lines": [{"title": "Clay jug", "quantity": 2, "price_text": "AMD 29,800"}],
            "total_text": "AMD 29,800",
            "tracking_url": "https://post.example/BR104217",
        },
    )
    card = page.get_by_role("region", name="Order BR-104217")
    text = " ".join((await card.inner_text()).replace("\u00a0", " ").split())
    assert text == (
        "Order BR-104217 On its way Packed With the courier Placed 20 November 2026 Expected 24 November 2026 "
        "Clay jug × 2 AMD 29,800 Total AMD 29,800 Track the parcel"
    )
    await expect(card.locator("[aria-current=step]")).to_have_text("With the courier")
    track = card.get_by_role("link", name="Track the parcel")
    assert await track.get_attribute("rel") == "noopener noreferrer nofollow"


async def test_a_card_that_cannot_be_read_leaves_its_message_alone(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    odd = [
        {"kind": "hologram"},
        {"kind": "order", "lines": 7},
        {"kind": "constructor"},
        {"kind": None},
        {},
        "card",
        7,
    ]
    for card in odd:
        await server.say("In words.", card=card)
    await wait_for_bubbles(page, "Assistant: Welcome!", *["Assistant: In words."] * len(odd))
    await expect(page.locator(".card")).to_have_count(0)


async def test_a_tracking_address_that_is_no_web_address_is_no_link(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    for address in ("javascript:alert(1)", "data:text/html,x", "tel:112", "//post.example", 7):
        await server.say("", card={"kind": "order", "number": "1", "tracking_url": address})
    await expect(page.locator(".card")).to_have_count(5)
    await expect(page.locator(".card a")).to_have_count(0)


async def test_points_are_shown_with_their_worth_and_what_ends_when(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say(
        "You have 1,240 points to spend.",
        card={
            "kind": "points",
            "available": 1240,
            "available_text": "1,240 points",
            "worth_text": "12,400 ֏",
            "pending_text": "55 points",
            "expiring": [
                {"points_text": "100 points", "date_text": "December 3"},
                {"points_text": "40 points", "date_text": "January 9, 2027"},
            ],
        },
    )
    card = page.get_by_role("region", name="Points")
    assert " ".join((await card.inner_text()).split()) == (
        "Points 1,240 points Worth 12,400 ֏ On the way 55 points "
        "Good until December 3 100 points Good until January 9, 2027 40 points"
    )
    await server.say("None.", card={"kind": "points", "available_text": "0 points", "expiring": []})
    await expect(page.locator(".card")).to_have_count(2)
    assert (await page.locator(".card").last.inner_text()).split() == ["Points", "0", "points"]
