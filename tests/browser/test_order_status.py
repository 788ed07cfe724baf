"""A shopper in a real browser, with the real assistant behind: order status in three languages, all the way down and
back, with a digression, and still there after a reload."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.rig.whole import Whole

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Talk:
    """What a shopper types in one language, and what must be read in the answers."""

    language: str
    question: str
    asks_number: str
    digression: str
    says_help: str
    asks_contact: str
    status: str


TALKS = [
    Talk(
        "en",
        "where's my order",
        "order number",
        "what can you do?",
        "a person",
        "e-mail or phone",
        "being prepared",
    ),
    Talk("hy", "որտե՞ղ է պատվերս", "համարը", "ի՞նչ կարող ես անել", "աշխատակց", "էլ", "պատրաստվում"),
    Talk("ka", "სად არის ჩემი შეკვეთა", "ნომერი", "რა შეგიძლია?", "თანამშრომელ", "ელფოსტა", "მზადდება"),
    Talk("hy", "vortegh e im patvery", "համարը", "inch karox es anel", "աշխատակց", "էլ", "պատրաստվում"),
    Talk("ka", "sad aris chemi shekveta", "ნომერი", "ra shegidzlia", "თანამშრომელ", "ელფოსტა", "მზადდება"),
]


@pytest.mark.parametrize("talk", TALKS, ids=[f"{t.language}-{t.question[:5]}" for t in TALKS])
async def test_order_status_with_a_digression_and_a_reload(browser, whole: Whole, talk: Talk):
    customer = whole.customers.pop()
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(15_000)
    await page.goto(f"{whole.house.url}/healthz")  # any page of ours: the widget brings all it needs
    await open_chat(page, talk.language)
    answers = page.locator("barev-chat [role=log]")
    for typed, told in (
        (talk.question, talk.asks_number),
        (talk.digression, talk.says_help),
        (customer.number, talk.asks_contact),
        (customer.email, talk.status),
    ):
        await say(page, typed)
        await expect(answers).to_contain_text(re.compile(re.escape(told), re.IGNORECASE))
    await expect(answers).to_contain_text(customer.number)
    before = await answers.inner_text()
    await page.reload()
    await open_chat(page, talk.language)
    await expect(answers).to_contain_text(customer.email)
    assert without_marks(await answers.inner_text()) == without_marks(before)
    await page.context.close()


async def open_chat(page: Page, language: str) -> None:
    await page.evaluate(
        """language => {
            const script = Object.assign(document.createElement("script"), {src: "/widget.js"});
            script.dataset.language = language;
            document.body.append(script);
        }""",
        language,
    )
    await page.wait_for_function("window.Barev")
    await page.evaluate("window.Barev.open()")


async def say(page: Page, text: str) -> None:
    box = page.locator("barev-chat textarea")
    await box.fill(text)
    await box.press("Enter")


def without_marks(shown: str) -> list[str]:
    """What is shown, without times and marks of delivery."""
    lines = [line.strip() for line in shown.splitlines()]
    return [line for line in lines if len(line) > 6 and not re.fullmatch(r"[\d:✓ ]+", line)]
