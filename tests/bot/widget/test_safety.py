"""Whatever is written stays text: in bubbles, buttons, cards, names and lines."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.widget.fake_server import FakeBarev
from tests.bot.widget.hands import bubbles, open_chat, say

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PAYLOADS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<a href='javascript:window.hit=1'>press</a>",
    "javascript:window.hit=1",
    "JaVaScRiPt:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    'https://x.example/"onmouseover="window.hit=1',
    "https://x.example/' onclick='window.hit=1",
    "<style>*{display:none}</style>",
    "<style onload=window.hit=1></style>",
    "</div></section></barev-chat><script>window.hit=1</script>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "{{constructor.constructor('window.hit=1')()}}",
    "${window.hit=1}`;window.hit=1//",
    "&lt;img src=x onerror=window.hit=1&gt;",
    "<base href='https://evil.example/'><form action='https://evil.example'><button>go",
    "\u202e<img src=x onerror=window.hit=1>\u2066",
    "[press](javascript:window.hit=1)",
    "vbscript:window.hit=1 file:///etc/passwd blob:https://x.example/1",
]

OUR_TAGS = {
    *(
        "a",
        "b",
        "button",
        "dd",
        "div",
        "dl",
        "dt",
        "form",
        "h2",
        "i",
        "li",
        "ol",
        "p",
        "section",
        "span",
        "textarea",
    ),
    *("time", "ul", "svg", "path"),
}


async def test_nothing_that_is_written_runs_or_becomes_markup(server: FakeBarev, page: Page) -> None:
    server.answer = lambda text: []
    reports: list[str] = []
    await page.expose_function("reported", lambda what: reports.append(what))
    await page.evaluate(
        "document.addEventListener('securitypolicyviolation', (e) => reported(e.violatedDirective))"
    )
    await open_chat(page)
    for payload in PAYLOADS:
        card = dict.fromkeys(
            ("number", "status", "status_text", "placed_text", "total_text", "tracking_url"), payload
        )
        lines = [{"title": payload, "quantity": 2, "price_text": payload}]
        steps = [{"text": payload, "done": True}]
        await server.say(payload, card={"kind": "order", **card, "lines": lines, "steps": steps})
        await server.say(payload, author="agent", agent=payload)
        await server.talk.tell({"type": "status", "status": "agent", "agent": payload, "language": payload})
        await server.talk.tell(
            {"type": "status", "status": "waiting", "queue": payload, "promised_at": payload}
        )
        await server.talk.tell({"type": "error", "code": payload, "text": payload})
        await say(page, payload)
    await expect(page.locator(".shopper.sent")).to_have_count(len(PAYLOADS))
    buttons = [{"title": payload, "button": payload} for payload in PAYLOADS]
    await server.say("Choose.", buttons=buttons)
    await expect(page.locator(".replies button")).to_have_text(PAYLOADS)
    said = await bubbles(page)
    for payload in PAYLOADS:
        assert f"Assistant: {payload}" in said
        assert f"You: {payload}" in said
        assert f"{payload}: {payload}" in said  # the agent's name and words
    tags = await page.evaluate(
        "[...document.querySelector('barev-chat').shadowRoot.querySelectorAll('*')].map((node) => node.localName)"
    )
    assert set(tags) == OUR_TAGS
    assert await page.evaluate("window.hit") is None
    assert reports == []


async def test_links_lead_only_where_links_may_lead(server: FakeBarev, page: Page) -> None:
    await open_chat(page)
    await server.say(
        "See https://shop.example/a?b=1։ (or http://x.example, mailto:a@shop.example; tel:+37410000000)! "
        "javascript:alert(1) ftp://x.example //x.example www.x.example http:// https://"
    )
    links = page.locator("barev-chat .bubble a")
    await expect(links).to_have_count(4)
    addresses = [await link.get_attribute("href") for link in await links.all()]
    assert addresses == [
        "https://shop.example/a?b=1",
        "http://x.example/",
        "mailto:a@shop.example",
        "tel:+37410000000",
    ]
    for link in await links.all():
        assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert await link.get_attribute("target") == "_blank"
    assert "http:// https://" in (await bubbles(page))[1]


async def test_the_token_never_stands_in_an_address_or_on_the_page(server: FakeBarev, page: Page) -> None:
    urls: list[str] = []
    page.on("websocket", lambda socket: urls.append(socket.url))
    await open_chat(page)
    await say(page, "hello")
    await expect(page.locator(".shopper.sent")).to_have_count(1)
    assert urls == [f"ws://127.0.0.1:{server.port}/chat/v1/ws"]
    assert "token-1" not in await page.content()
    assert "token-1" not in await page.evaluate("document.querySelector('barev-chat').shadowRoot.innerHTML")
