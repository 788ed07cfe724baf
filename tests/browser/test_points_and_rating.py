"""A shopper in a real browser, with the real assistant behind: points after a one-time code, asked for in the middle of
an order, the reason of a balance, and a rating in stars with a comment; in three languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from barev import clock
from crm_store import loyalty
from crm_store.db import open_store
from crm_store.models import ChannelIdentity, Customer, Order, Rating
from tests.browser.test_order_status import WORDING as PLAIN
from tests.browser.test_order_status import flat, open_chat, say, until
from tests.rig.mail_server import mail_server
from tests.rig.whole import Whole

WORDING = replace(PLAIN, time_zone=ZoneInfo("Asia/Yerevan"))
"""Dates as the shop of these tests prints them."""

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Talk:
    """What a shopper types in one language."""

    language: str
    order: str
    points: str
    why: str
    rate: str
    comment: str


TALKS = [
    Talk("en", "where is my order", "how many points do I have", "where did my points go",
         "i want to leave a rating", "everything was very good"),
    Talk("hy", "որտե՞ղ է պատվերս", "քանի՞ միավոր ունեմ", "միավորներիս պատմությունը",
         "ուզում եմ կարծիք թողնել", "ամեն ինչ շատ լավ էր"),
    Talk("ka", "სად არის ჩემი შეკვეთა", "რამდენი ქულა მაქვს?", "სად წავიდა ჩემი ქულები?",
         "შეფასების დაწერა მინდა", "ყველაფერი ძალიან კარგი იყო"),
]  # fmt: skip


@pytest.mark.parametrize("talk", TALKS, ids=[talk.language for talk in TALKS])
async def test_points_after_a_code_why_and_a_rating_with_words(browser, whole: Whole, talk: Talk):
    customer = whole.customers.pop()
    settings = whole.house.settings
    store = open_store(settings.database, schema=settings.database_schema)
    async with store.write() as session:
        order = (await session.scalars(select(Order).where(Order.number == customer.number))).one()
        who = await session.get_one(Customer, order.customer_id)
        await loyalty.opening(session, who, 240, expires_at=clock.now() + timedelta(days=30))
        order.status, order.delivered_at = "delivered", clock.now() - timedelta(days=1)
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    await page.goto(f"{whole.house.url}/healthz")
    await open_chat(page, talk.language)
    log = page.locator("barev-chat [role=log]")

    def text(name: str, **values) -> str:
        return flat(WORDING.text(name, talk.language, values))

    async def told(name: str, **values) -> None:
        await until(log, lambda now: text(name, **values) in now, 20)

    port = urlsplit(settings.smtp_url.get_secret_value()).port or 0
    async with mail_server(port) as (box, _):
        await say(page, talk.order)
        await told("utter_ask_order_number")
        await say(page, talk.points)
        await told("utter_form_set_aside")
        await told("utter_ask_confirm_form_contact")
        await say(page, customer.email)
        code = re.search(r"\b\d{6}\b", (await box.next_to(customer.email)).get_content())
        assert code
        await say(page, code[0])
    await told("utter_code_right")
    card = page.locator("barev-chat .card", has_text=text("utter_count_points").split("|")[-1].split()[-1])
    await expect(card.locator(".sum")).to_contain_text("240")
    await expect(card.locator("dd")).to_contain_text(re.compile(r"2.?400"))  # worth, in drams
    again = page.get_by_role("button", name=text("utter_intent_ask_order_status"))
    await expect(again).to_be_visible()

    await say(page, talk.why)
    await told("utter_word_points_opening", points={"points": 240}, date={"day": clock.now().isoformat()})

    await say(page, talk.rate)
    stars = page.locator("barev-chat .stars button")
    await expect(stars).to_have_count(5)
    await stars.nth(3).click()
    await told("utter_rating_thanks")
    await expect(page.locator("barev-chat .card .on")).to_have_count(4)
    await say(page, talk.comment)
    await told("utter_comment_thanks")
    async with store.read() as session:
        rating = (await session.scalars(select(Rating).where(Rating.customer_id == who.id))).one()
        linked = (await session.scalars(select(ChannelIdentity.customer_id))).all()
    await store.close()
    assert (rating.score, rating.comment, rating.order_id) == (4, talk.comment, order.id)
    assert linked.count(who.id) == 1
    await page.context.close()
