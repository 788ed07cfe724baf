"""What the owner changes in the browser the real assistant tells in its next answer, in three languages."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from crm_store.db import open_store
from tests.bot.sign_in.hands import PASSWORD, member
from tests.browser.hands import WORDING, flat, open_chat, say, until
from tests.rig.whole import Whole

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

QUESTIONS = {"en": "how much is delivery", "hy": "առաքումը ի՞նչ արժե", "ka": "მიტანა რა ღირს?"}
TOLD = {"en": "By donkey, on Mondays.", "hy": "Ավանակով, երկուշաբթի։", "ka": "სახედრით, ორშაბათობით."}


async def test_a_fact_is_told_in_the_next_answer_without_training(browser: Browser, whole: Whole):
    settings = whole.house.settings
    store = open_store(settings.database, schema=settings.database_schema)
    try:
        person = await member(store, "owner", email="facts@shop.example")
    finally:
        await store.close()
    chats = {}
    for language, question in QUESTIONS.items():
        page = await (await browser.new_context(locale="en-GB")).new_page()
        await page.goto(f"{whole.house.url}/healthz")
        await open_chat(page, language)
        chats[language] = page
        await say(page, question)
        log = page.locator("barev-chat [role=log]")
        unknown = flat(WORDING.text("utter_shop_fact_missing", language))
        await until(log, lambda now, text=unknown: text in now)
    owner = await (await browser.new_context(locale="en-GB")).new_page()
    await owner.goto(f"{whole.house.url}/staff/sign-in?next=/owner/shop")
    await owner.fill("#email", person.email)
    await owner.fill("#password", PASSWORD)
    await owner.locator("button.main").click()
    for language, text in TOLD.items():
        await owner.locator(f"#shipping_{language}").fill(text)
    await owner.locator("#shipping button").click()
    await expect(owner.locator("#shipping [role=status]")).to_be_visible()
    for language, page in chats.items():
        log = page.locator("barev-chat [role=log]")
        assert TOLD[language] not in await log.inner_text()
        await say(page, QUESTIONS[language])
        await until(log, lambda now, text=TOLD[language]: text in now)
        await page.context.close()
    await owner.context.close()
