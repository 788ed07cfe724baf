"""What a shopper does and sees, in words."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

BUBBLES = """() => [...document.querySelector('barev-chat').shadowRoot.querySelectorAll('.bubble')]
  .filter((bubble) => !bubble.hidden).map((bubble) => bubble.textContent)"""

# The most bubbles that were ever on screen at once with one and the same text.
WATCH = """() => {
  const root = document.querySelector('barev-chat').shadowRoot;
  window.most = 0;
  new MutationObserver(() => {
    const texts = [...root.querySelectorAll('.bubble')].map((bubble) => bubble.textContent);
    for (const text of texts) window.most = Math.max(window.most, texts.filter((one) => one === text).length);
  }).observe(root, { childList: true, subtree: true, characterData: true });
}"""


def launcher(page: Page) -> Locator:
    return page.locator(".launcher")


def box(page: Page) -> Locator:
    return page.locator("barev-chat textarea")


def bubble(page: Page, text: str) -> Locator:
    """The bubble that ends with these words."""
    return page.locator("barev-chat .bubble", has_text=re.compile(f"{re.escape(text)}$"))


async def open_chat(page: Page) -> None:
    """Opened, and welcomed by the server: the dots stand until then."""
    await launcher(page).click()
    await expect(box(page)).to_be_focused()
    await expect(page.locator("barev-chat .dots")).to_be_hidden()


async def say(page: Page, text: str) -> None:
    await box(page).fill(text)
    await box(page).press("Enter")


async def bubbles(page: Page) -> list[str]:
    """What the log says, oldest first, as a screen reader would: "You: hello"."""
    texts: list[str] = await page.evaluate(BUBBLES)
    return texts


async def wait_for_bubbles(page: Page, *texts: str) -> None:
    """Until the log says exactly this."""
    await expect(page.locator("barev-chat .bubble:visible")).to_have_text(list(texts))


async def watch_for_doubles(page: Page) -> None:
    await page.evaluate(WATCH)


async def most_alike(page: Page) -> int:
    most: int = await page.evaluate("window.most")
    return most
