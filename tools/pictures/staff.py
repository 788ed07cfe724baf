"""Signing in on a phone, an agent at the desk while others wait, and the points of all customers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tools.pictures.town import Town, open_chat, say

OWNER = "tatev@tatev-tamar.example.com"
UNHAPPY = "საშინელი მომსახურება გაქვთ, ძალიან უკმაყოფილო ვარ"
YES = "დიახ, ადამიანთან მინდა საუბარი"
WAITING = (("hy", "Կարո՞ղ եմ խոսել աշխատակցի հետ"), ("en", "I want to talk to a person"))
ANSWER = "გამარჯობა! ბოდიშს გიხდით დაგვიანებისთვის, ახლავე ვურეკავ კურიერს."


async def take(browser: Browser, town: Town, out: Path) -> list[Path]:
    return [
        await sign_in_page(browser, town, out / "sign-in.png"),
        await desk(browser, town, out / "desk.png"),
        await balances(browser, town, out / "owner-balances.png"),
    ]


async def sign_in_page(browser: Browser, town: Town, path: Path) -> Path:
    page = await _page(browser, 390, 640, locale="hy-AM")
    await page.goto(f"{town.url}/staff/sign-in")
    return await _shot(page, path)


async def desk(browser: Browser, town: Town, path: Path) -> Path:
    """One shopper is unhappy about an order and is answered; two more wait."""
    ka = town.shoppers["ka"]
    talks = [("ka", "სად არის ჩემი შეკვეთა?", ka["orders"][0]["number"], ka["email"], UNHAPPY, YES)]
    for language, *said in [*talks, *WAITING]:
        page = await _page(browser, 390, 760)
        log = await open_chat(page, town, language)
        for text in said:
            await say(log, text)
    agent = await _signed_in(browser, town, OWNER, 1360, 860, "/desk")
    await agent.locator(".waiting .row", has_text=YES).click()
    await agent.locator(".take").click()
    await agent.fill("#answer", ANSWER)
    await agent.press("#answer", "Enter")
    await agent.locator(".line.agent").wait_for()
    return await _shot(agent, path)


async def balances(browser: Browser, town: Town, path: Path) -> Path:
    page = await _signed_in(browser, town, OWNER, 1100, 700, "/owner")
    return await _shot(page, path)


async def _signed_in(browser: Browser, town: Town, email: str, width: int, height: int, where: str) -> Page:
    page = await _page(browser, width, height)
    await page.goto(f"{town.url}/staff/sign-in?next={where}")
    await page.fill("#email", email)
    await page.fill("#password", town.passwords[email])
    await page.locator("button.main").click()
    await page.wait_for_url(f"**{where}")
    return page


async def _page(browser: Browser, width: int, height: int, **window: Any) -> Page:
    return await (await browser.new_context(viewport={"width": width, "height": height}, **window)).new_page()


async def _shot(page: Page, path: Path) -> Path:
    await page.wait_for_timeout(500)  # news of the socket, fonts
    await page.screenshot(path=path)
    await page.context.close()
    return path
