"""A shopper in a real browser, with the real assistant behind: order status in three languages, all the way down and
back, with a digression, and still there after a reload."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.browser.hands import WORDING, flat, open_chat, say, shown, until
from tests.rig.whole import Whole

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Talk:
    """What a shopper types in one language: the question, and another one in the middle of the form."""

    language: str
    question: str
    digression: str


TALKS = [
    Talk("en", "where's my order", "what can you do?"),
    Talk("hy", "որտե՞ղ է պատվերս", "ի՞նչ կարող ես անել"),
    Talk("ka", "სად არის ჩემი შეკვეთა", "რა შეგიძლია?"),
    Talk("hy", "vortegh e im patvery", "inch karox es anel"),
    Talk("ka", "sad aris chemi shekveta", "ra shegidzlia"),
]


@pytest.mark.parametrize("talk", TALKS, ids=[f"{t.language}-{t.question[:5]}" for t in TALKS])
async def test_order_status_with_a_digression_and_a_reload(browser, whole: Whole, talk: Talk):
    customer = whole.customers.pop()
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(15_000)
    await page.goto(f"{whole.house.url}/healthz")  # any page of ours: the widget brings all it needs
    await open_chat(page, talk.language)
    log = page.locator("barev-chat [role=log]")
    expect.set_options(timeout=15_000)
    values = {"order_number": customer.number}
    for typed, answers in (
        (talk.question, ["utter_ask_order_number"]),
        (talk.digression, ["utter_help", "utter_ask_order_number"]),
        (customer.number, ["utter_ask_contact"]),
    ):
        told = [WORDING.text(name, talk.language, values) for name in answers]
        already = [(await shown(log)).count(flat(text)) for text in told]
        await say(page, typed)
        for text, before in zip(told, already, strict=True):
            await until(log, lambda now, text=text, before=before: now.count(flat(text)) == before + 1)
    await say(page, customer.email)
    status = WORDING.text("utter_word_order_status_processing", talk.language)
    await until(log, lambda now: now.count(customer.number) >= 3 and status in now)
    before_reload = without_marks(await log.inner_text())
    await page.reload()
    await open_chat(page, talk.language)
    await expect(log).to_contain_text(customer.email)
    assert without_marks(await log.inner_text()) == before_reload
    await page.context.close()


def without_marks(shown: str) -> list[str]:
    """What is shown, without times and marks of delivery."""
    lines = [line.strip() for line in shown.splitlines()]
    return [line for line in lines if len(line) > 6 and not re.fullmatch(r"[\d:✓ ]+", line)]
