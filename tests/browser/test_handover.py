"""A person takes over and gives back, in three languages: two agents race for it in real browsers, the real assistant
stands behind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from crm_store.db import Store, open_store
from crm_store.models import Conversation, Handoff, Rating, Staff
from tests.bot.sign_in.hands import PASSWORD, member
from tests.browser.hands import WORDING, flat, open_chat, say, until
from tests.rig.whole import Whole

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Talk:
    """What a shopper types in one language: for a person, while one answers, and to the assistant afterwards."""

    language: str
    person: str
    meanwhile: str
    after: str


TALKS = [
    Talk("en", "I want to talk to a person", "my parcel is broken", "what can you do?"),
    Talk("hy", "ուզում եմ խոսել մարդու հետ", "իմ ծանրոցը կոտրված է", "ի՞նչ կարող ես անել"),
    Talk("ka", "ადამიანთან მინდა საუბარი", "ჩემი ამანათი გატეხილია", "რა შეგიძლია?"),
]
MARKUP = "<img src=x onerror=document.title='x'>"


@pytest.mark.parametrize("talk", TALKS, ids=[talk.language for talk in TALKS])
async def test_two_agents_race_one_wins_answers_and_gives_back(browser: Browser, whole: Whole, talk: Talk):
    store = open_store(whole.house.settings.database, schema=whole.house.settings.database_schema)
    try:
        names = [f"Mariam-{talk.language}", f"Gor-{talk.language}"]
        desks = [await desk(browser, whole, store, name, talk.language) for name in names]
        page = await (await browser.new_context(locale="en-GB")).new_page()
        page.set_default_timeout(15_000)
        await page.goto(f"{whole.house.url}/healthz")
        await open_chat(page, talk.language)
        log = page.locator("barev-chat [role=log]")

        def told(response: str, **values: str) -> str:
            return flat(WORDING.text(response, talk.language, values))

        await say(page, talk.person)
        await until(log, lambda now: told("utter_handed_off") in now)

        row = [one.locator(".waiting .row", has_text=talk.person) for one in desks]
        for one in row:
            await one.click()
        takes = [one.locator(".take") for one in desks]
        for one in takes:
            await expect(one).to_be_visible()
        await asyncio.gather(*(one.evaluate("button => button.click()") for one in takes))
        handoff = await taken(store, talk)
        async with store.read() as session:
            who = (await session.get_one(Staff, handoff.staff_id)).name
        winner, loser = desks if who == names[0] else desks[::-1]
        await expect(winner.locator(".box")).to_be_visible()
        await expect(loser.locator(".box")).to_be_hidden()
        await expect(loser.locator(".note")).to_contain_text(who)
        await expect(loser.locator(".row", has_text=talk.person)).to_have_count(0)
        await expect(winner.locator(".mine .row", has_text=talk.person)).to_have_count(1)
        await until(log, lambda now: told("utter_person_joined", name=who) in now)
        await expect(page.locator("barev-chat p.line[role=status]", has_text=who)).to_be_visible()

        await winner.fill("#answer", MARKUP)
        await winner.press("#answer", "Enter")
        await until(log, lambda now: MARKUP in now and who in now)
        for text in ("/restart", talk.meanwhile):
            await say(page, text)
            await expect(winner.locator(".line.shopper").last).to_contain_text(text)
        await expect(winner.locator(".unsent")).to_have_count(0)
        assert await winner.locator(".line.bot").count() == 2  # the welcome, and that it was passed on

        await winner.locator(".actions .main").click()
        await until(log, lambda now: told("utter_bot_resumes", name=who) in now)
        await until(log, lambda now: told("utter_rate_help") in now)
        await expect(winner.locator(".box")).to_be_hidden()
        await say(page, "5")
        await until(log, lambda now: told("utter_help_rated") in now)
        await say(page, talk.after)
        await until(log, lambda now: told("utter_help") in now)
        async with store.read() as session:
            rating = (
                await session.scalars(select(Rating).where(Rating.conversation_id == handoff.conversation_id))
            ).one()
            row_now = await session.get_one(Conversation, handoff.conversation_id)
        assert (rating.about, rating.score, rating.staff_id) == ("help", 5, handoff.staff_id)
        assert (row_now.status, row_now.rasa_number) == ("bot", 2)
        for one in (*desks, page):
            await one.context.close()
    finally:
        await store.close()


async def desk(browser: Browser, whole: Whole, store: Store, name: str, language: str) -> Page:
    """A member of staff who has signed in and looks at the desk; errors of scripts and of the policy fail the test."""
    person = await member(store, "agent", email=f"{name.lower()}@shop.example", language=language)
    async with store.write() as session:
        (await session.get_one(Staff, person.id)).name = name
    page = await (await browser.new_context(locale="en-GB")).new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: message.type == "error" and pytest.fail(message.text))
    await page.goto(f"{whole.house.url}/staff/sign-in?next=/desk")
    await page.fill("#email", person.email)
    await page.fill("#password", PASSWORD)
    await page.locator("button.main").click()
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.locator(".offline")).to_be_empty()
    return page


async def taken(store: Store, talk: Talk) -> Handoff:
    for _ in range(100):
        async with store.read() as session:
            found = await session.scalar(
                select(Handoff).where(Handoff.state == "taken", Handoff.language == talk.language)
            )
        if found:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("nobody has taken it")
