"""Two questions in one message: the real assistant answers both, in their order, in one turn."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.rig.mail_server import mail_server
from tests.rig.swarm import Shopper, swarm
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

ANYBODYS = [
    ("en", "when are you open, and what do you charge for delivery?"),
    ("hy", "մինչև քանի՞սն եք աշխատում և ինչքա՞ն արժե առաքումը"),
    ("ka", "რომელ საათამდე მუშაობთ და რა ღირს მიწოდება?"),
]
ONES_OWN = [
    ("en", "how many points do I have and how can I pay?", "how many points do I have"),
    ("hy", "քանի՞ միավոր ունեմ և ինչպե՞ս կարող եմ վճարել", "քանի՞ միավոր ունեմ"),
    ("ka", "რამდენი ქულა მაქვს და როგორ შემიძლია გადახდა?", "რამდენი ქულა მაქვს?"),
]


async def names(shopper: Shopper, text: str) -> list[str]:
    return [line["name"] for line in await shopper.ask(text, 60)]


@pytest.mark.parametrize(("language", "text"), ANYBODYS, ids=[language for language, _ in ANYBODYS])
async def test_what_anybody_may_know_is_told_at_once(whole: Whole, language: str, text: str):
    async with swarm(whole.house.url, 1, language=language) as (shopper,):
        first, second = await names(shopper, text)
    assert first.startswith("utter_shop_hours") and second.startswith("utter_shop_fact")


@pytest.mark.parametrize(("language", "text", "alone"), ONES_OWN, ids=[one[0] for one in ONES_OWN])
async def test_who_is_known_hears_both(whole: Whole, language: str, text: str, alone: str):
    customer = whole.customers.pop()
    port = urlsplit(whole.house.settings.smtp_url.get_secret_value()).port or 0
    async with mail_server(port) as (box, _), swarm(whole.house.url, 1, language=language) as (shopper,):
        await shopper.ask(alone, 60)
        await shopper.ask(customer.email, 60)
        code = re.search(r"\b\d{6}\b", (await box.next_to(customer.email)).get_content())
        assert code
        await shopper.ask(code[0], 60)
        first, second = await names(shopper, text)
    assert first == "utter_points_balance" and second.startswith("utter_shop_fact")


async def test_in_an_open_form_a_message_stays_whole(whole: Whole):
    """What a form asked for is looked for in all of it."""
    customer = whole.customers.pop()
    async with swarm(whole.house.url, 1) as (shopper,):
        assert await names(shopper, "where is my order") == ["utter_ask_order_number"]
        assert (await names(shopper, f"{customer.number}, {customer.email}"))[0].startswith(
            "utter_order_status"
        )
