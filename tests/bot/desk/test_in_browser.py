"""The desk in Chromium: by keyboard, on the narrowest phone, in the dark, over a broken line; what shoppers type stays
text."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from crm_store import conversations, handoffs, handoffs_leaving, identity, orders, staff, staff_sessions
from crm_store.models import Conversation, Customer, Message
from tests.rig.demo_shop import DemoShop, demo_shop

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

AGENTS = {
    "hy": "lusine@tatev-tamar.example.com",
    "ka": "giorgi@tatev-tamar.example.com",
    "en": "tatev@tatev-tamar.example.com",
}
MARKUP = "<img src=x onerror=alert(1)> <b>bold</b> javascript:alert(1)"
OVERFLOWS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
UNLABELLED = """() => [...document.querySelectorAll('a, button, summary, select, textarea')]
  .filter((node) => !(node.textContent.trim() || node.labels?.length || node.getAttribute('aria-label')))
  .map((node) => node.outerHTML)"""
HOLD_BACK = """() => {
  window.held = [];
  window.realSend = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { window.held.push(() => window.realSend.call(this, data)); };
}"""
_numbers = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoShop]:
    async with demo_shop(tmp_path_factory.mktemp("desk")) as shop_:
        yield shop_


async def shopper(house: DemoShop, text: str, *, language: str = "en", level: int = 0) -> Conversation:
    """Somebody who waits for a person."""
    async with house.store.write() as session:
        talk = await conversations.start(
            session, channel="website", address=f"visitor {next(_numbers)}", language=language
        )
        message, _ = await conversations.accept(session, talk, text=text, external_id="1")
        if level:
            customer = (await session.scalars(select(Customer).limit(1))).one()
            (order, *_) = await orders.of_customer(session, customer)
            await identity.grant_order(session, talk, customer_id=customer.id, order_id=order.id)
        await handoffs.ask(session, talk, reason="asked_for_person")
        await conversations.answer(session, talk, message, [])
    return talk


async def at_desk(
    browser: Browser, house: DemoShop, language: str = "en", **options: Any
) -> tuple[BrowserContext, Page, list[str]]:
    """A member of staff at the desk, and what the console complains of."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    page.set_default_timeout(8000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda m: (
            m.type == "error"
            and not any(known in m.text for known in ("401", "WebSocket", "ERR_INTERNET"))
            and errors.append(m.text)
        ),
    )
    await page.goto(f"{house.url}/staff/sign-in?next=/desk")
    await page.fill("#email", AGENTS[language])
    await page.fill("#password", house.passwords[AGENTS[language]])
    await page.press("#password", "Enter")
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.locator(".offline")).to_be_empty()
    await expect(page.locator(".desk")).to_have_css("display", "grid")  # its own looks have come too
    return context, page, errors


def row(page: Page, words: str) -> Any:
    return page.locator(".row", has_text=words).first


@pytest.mark.parametrize("language", list(AGENTS))
async def test_taken_answered_and_resolved_by_keyboard_on_a_phone(
    browser: Browser, house: DemoShop, language: str
):
    words = f"keyboard {language}"
    await shopper(house, words)
    context, page, errors = await at_desk(
        browser, house, language, viewport={"width": 320, "height": 640}, color_scheme="dark"
    )
    await row(page, words).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.shopper")).to_contain_text(words)
    assert not await page.evaluate(OVERFLOWS) and await page.evaluate(UNLABELLED) == []
    await page.locator(".take").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_be_focused()
    await page.keyboard.type("Hello")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and welcome")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.agent:not(.unsent)")).to_contain_text("Hello\nand welcome")
    assert not await page.evaluate(OVERFLOWS)
    await page.locator(".actions .main").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".box")).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(page.locator(".list")).to_be_visible()
    await expect(row(page, words)).to_have_count(0)
    assert not await page.evaluate(OVERFLOWS) and errors == []
    await context.close()


async def test_what_shoppers_type_is_text_in_the_list_the_transcript_and_the_packet(
    browser: Browser, house: DemoShop
):
    await shopper(house, MARKUP)
    context, page, errors = await at_desk(browser, house)
    page.on("dialog", lambda dialog: errors.append("a script ran"))
    await row(page, MARKUP).click()
    for where in (".row .words", ".line.shopper .text", ".quotes.asked li"):
        await expect(page.locator(where, has_text=MARKUP).first).to_be_visible()
    assert await page.locator(".desk img, .desk b").count() == 0 and errors == []
    await context.close()


async def test_an_answer_written_while_the_line_is_broken_arrives_once_and_a_reload_shows_the_same(
    browser: Browser, house: DemoShop
):
    words = "over a broken line"
    talk = await shopper(house, words)
    context, page, errors = await at_desk(browser, house)
    await row(page, words).click()
    await page.locator(".take").click()
    await expect(page.locator(".box")).to_be_visible()
    await page.evaluate("WebSocket.prototype.send = () => {}")  # what is sent now goes nowhere
    await page.fill("#answer", "written without a line")
    await page.press("#answer", "Enter")
    await expect(page.locator(".line.agent.unsent")).to_be_visible()
    await page.reload()
    await expect(page.locator(".line.agent:not(.unsent)")).to_contain_text("written without a line")
    await expect(page.locator(".unsent")).to_have_count(0)
    await expect(page.locator(".line.shopper")).to_have_count(1)
    async with house.store.read() as session:
        told = await session.scalars(
            select(Message).where(Message.conversation_id == talk.id, Message.author == "agent")
        )
        assert len(told.all()) == 1
    assert errors == []
    await context.close()


async def test_the_hidden_customer_is_shown_with_a_reason(browser: Browser, house: DemoShop):
    words = "where is it"
    await shopper(house, words, level=1)
    context, page, errors = await at_desk(browser, house, viewport={"width": 1280, "height": 800})
    await row(page, words).click()
    await expect(page.locator(".orders:not(.then) li")).to_have_count(1)
    await page.select_option("#why", "needed_to_answer")
    await page.locator(".hidden-part button").click()
    await expect(page.locator(".points")).to_be_visible()
    await expect(page.locator(".hidden-part")).to_have_count(0)
    assert errors == []
    await context.close()


async def test_what_an_agent_opened_closes_when_the_owner_gives_the_conversation_back(
    browser: Browser, house: DemoShop
):
    words = "given back by the owner"
    await shopper(house, words, level=1)
    context, page, errors = await at_desk(browser, house, "ka", viewport={"width": 1280, "height": 800})
    await row(page, words).click()
    await expect(page.locator(".hidden-part")).to_be_visible()
    await expect(page.locator(".hidden-part button")).to_have_count(0)  # who has not taken it may not
    await page.locator(".take").click()
    await page.locator(".hidden-part button").click()
    await expect(page.locator(".points")).to_be_visible()

    owners, owner, complaints = await at_desk(browser, house, viewport={"width": 1280, "height": 800})
    await owner.locator(".colleagues .row", has_text=words).click()
    await owner.locator(".give-back").click()
    await expect(owner.locator(".waiting .row", has_text=words)).to_have_count(1)
    await expect(page.locator(".points")).to_have_count(0)
    await expect(page.locator(".orders:not(.then) li")).to_have_count(1)
    await expect(page.locator(".box")).to_be_hidden()
    await expect(page.locator(".colleagues")).to_be_hidden()
    assert errors == complaints == []
    await context.close()
    await owners.close()


async def test_who_is_signed_out_elsewhere_is_at_the_sign_in_within_seconds(
    browser: Browser, house: DemoShop
):
    context, page, errors = await at_desk(browser, house, "ka")
    async with house.store.write() as session:
        person = await staff.find(session, AGENTS["ka"])
        await staff_sessions.end_all(session, person)
    await expect(page.locator("#password")).to_be_visible(timeout=6000)
    assert errors == []
    await context.close()


@pytest.mark.parametrize("how", ["signs out", "is signed out"])
async def test_what_somebody_left_unsent_never_goes_out_under_the_name_of_who_signs_in_next(
    browser: Browser, house: DemoShop, how: str
):
    words = f"unsent of somebody who {how}"
    talk = await shopper(house, words)
    context, page, errors = await at_desk(browser, house, "ka", viewport={"width": 1280, "height": 800})
    await row(page, words).click()
    await page.locator(".take").click()
    await page.evaluate("WebSocket.prototype.send = () => {}")
    await page.fill("#answer", "Giorgi's own words")
    await page.press("#answer", "Enter")
    await expect(page.locator(".line.agent.unsent")).to_be_visible()
    if how == "signs out":
        await page.locator(".me summary").click()
        await page.locator("form[action='/staff/sign-out'] button").click()
        await expect(page.locator("#password")).to_be_visible()
        assert await page.evaluate("Object.keys(sessionStorage)") == []
    else:
        async with house.store.write() as session:
            person = await staff.find(session, AGENTS["ka"])
            assert person
            await staff_sessions.end_all(session, person)
        await expect(page.locator("#password")).to_be_visible(timeout=6000)
    await page.goto(f"{house.url}/staff/sign-in?next=/desk")
    await page.fill("#email", AGENTS["hy"])
    await page.fill("#password", house.passwords[AGENTS["hy"]])
    await page.press("#password", "Enter")
    await row(page, words).click()
    await page.locator(".take").click()
    await expect(page.locator("#answer")).to_have_value("")
    await page.fill("#answer", "Lusine's")
    await page.press("#answer", "Enter")
    await expect(page.locator(".line.agent:not(.unsent)")).to_contain_text("Lusine's")
    await expect(page.locator(".unsent")).to_have_count(0)
    assert "Giorgi" not in await page.evaluate("JSON.stringify(sessionStorage)") and errors == []
    async with house.store.read() as session:
        told = await session.scalars(
            select(Message.text).where(Message.conversation_id == talk.id, Message.author == "agent")
        )
        assert list(told) == ["Lusine's"]
    await context.close()


async def test_a_refused_answer_comes_back_below_what_is_being_written(browser: Browser, house: DemoShop):
    words = "refused beside a draft"
    talk = await shopper(house, words)
    context, page, errors = await at_desk(browser, house, viewport={"width": 1280, "height": 800})
    await row(page, words).click()
    await page.locator(".take").click()
    await expect(page.locator("#answer")).to_be_visible()
    await page.evaluate(HOLD_BACK)
    await page.fill("#answer", "the first answer")
    await page.press("#answer", "Enter")
    await page.fill("#answer", "the second, half")
    async with house.store.write() as session:
        person = await staff.find(session, AGENTS["en"])
        assert person
        await handoffs_leaving.give_back(session, talk, person)
    await page.evaluate("WebSocket.prototype.send = window.realSend; window.held.forEach((go) => go())")
    await expect(page.locator(".unsent")).to_have_count(0)
    await expect(page.locator("#answer")).to_have_value("the second, half\nthe first answer")
    assert errors == []
    await context.close()
