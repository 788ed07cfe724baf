"""The conversations of the website over Telegram, with the real assistant: in three languages, through a cloud that
repeats and shuffles updates, refuses, fails, and loses answers after it has done what it was asked."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from barev import clock
from barev.settings import ROOT
from barev.wording import load_wording
from bot.channels.telegram import PATH
from crm_store import handoffs, loyalty
from crm_store.db import Store, open_store
from crm_store.models import Contact, Conversation, Customer, Order, Rating
from tests.bot.channels.conftest import serve
from tests.rig.fake_telegram import TOKEN, FakeTelegram, Update, one_in_seven_fails, push
from tests.rig.house import House
from tests.rig.mail_server import Postbox, mail_server
from tests.rig.ports import free_port
from tests.rig.telegram_chats import Chats
from tests.rig.telegram_shopper import HandOver, Shopper
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

WORDS = load_wording(ROOT / "data/responses")
SOMEBODY_ELSE = 77
chats = itertools.count(50_001)


@dataclass(frozen=True)
class Talk:
    """What a shopper writes in one language."""

    where: str
    how_many: str
    broken: str


TALKS = {
    "en": Talk("where's my order", "how many points do I have", "it was broken when it came"),
    "hy": Talk("որտե՞ղ է պատվերս", "քանի՞ միավոր ունեմ", "կոտրված էր, երբ ստացա"),
    "ka": Talk("სად არის ჩემი შეკვეთა", "რამდენი ქულა მაქვს?", "გატეხილი მოვიდა"),
}


@dataclass
class Known:
    """A customer as the shop knows them: an order that was delivered, points, address and phone."""

    number: str
    email: str
    phone: str


@dataclass
class Town:
    """The whole Barev with a bot, the cloud that it talks to, its store, and its mail."""

    chats: Chats
    hand_over: HandOver
    whole: Whole
    box: Postbox

    async def known(self) -> Known:
        """One more customer of the shop, with points and a delivered order."""
        customer = self.whole.customers.pop()
        async with self.chats.store.write() as session:
            order = (await session.scalars(select(Order).where(Order.number == customer.number))).one()
            order.status, order.delivered_at = "delivered", clock.now() - timedelta(days=1)
            who = await session.get_one(Customer, order.customer_id)
            await loyalty.earn(session, who, 340, source="review", idempotency_key="r")
            await loyalty.redeem(session, who, 100, idempotency_key="s")
            theirs = select(Contact.value).where(Contact.customer_id == who.id, Contact.kind == "phone")
            return Known(customer.number, customer.email, (await session.scalars(theirs)).one())

    def shopper(self, language: str) -> Shopper:
        return Shopper(self.chats, next(chats), language, self.hand_over)


def gateway_with_a_bot(whole: Whole, api: int, **settings: Any) -> House:
    """The same house, with a bot."""
    now = whole.house.settings
    assert now.smtp_url
    same = {name: getattr(now, name) for name in ("port", "rasa_port", "actions_port", "rasa_patience")}
    mail = {"smtp_url": now.smtp_url.get_secret_value(), "mail_from": now.mail_from}
    bot = {"telegram_token": TOKEN, "telegram_api": f"http://127.0.0.1:{api}"}
    return House(now.data_dir, **same, **mail, **bot, **settings)


@asynccontextmanager
async def town(whole: Whole, chance: random.Random, **settings: Any) -> AsyncIterator[Town]:
    """The whole Barev, its gateway started anew with a bot."""
    cloud, api = FakeTelegram(chance), free_port()
    cloud.fault = one_in_seven_fails(chance)
    house = gateway_with_a_bot(whole, api, **settings)
    gateway = house.gateway()
    assert house.settings.smtp_url
    port = urlsplit(house.settings.smtp_url.get_secret_value()).port or 0
    store: Store = open_store(house.settings.database)
    whole.gateway.stop()
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(store.close)
            await serve(stack, cloud.app(), api)
            box, _ = await stack.enter_async_context(mail_server(port))
            gateway.start()
            await gateway.healthy()

            async def to_webhook(update: Update) -> None:
                updates = [update] * 3
                await push(f"{house.url}{PATH}", house.secrets.telegram, updates, connections=3)

            async def to_polling(update: Update) -> None:
                cloud.hand_out(update)

            hand_over = to_webhook if house.settings.public_url else to_polling
            yield Town(Chats(cloud, store), hand_over, whole, box)
    finally:
        gateway.stop()
        whole.gateway.start()
        await whole.gateway.healthy()


async def order_and_rating(shopper: Shopper, who: Known, talk: Talk) -> None:
    """Where the order is; it was delivered, so it may be rated, and the low rating gets words."""
    press = WORDS.text
    assert await shopper.say(talk.where) == ["utter_ask_order_number"]
    assert await shopper.say(who.number) == ["utter_ask_contact"]
    assert await shopper.say(who.email) == ["utter_order_status_delivered"]
    assert await shopper.press(press("utter_button_rate_order", shopper.language)) == ["utter_ask_rating"]
    assert await shopper.press(press("utter_button_rate_2", shopper.language)) == ["utter_rating_low"]
    assert await shopper.say(talk.broken) == ["utter_comment_thanks_low"]
    async with shopper.chats.store.read() as session:
        about = select(Rating).join(Order, Order.id == Rating.order_id).where(Order.number == who.number)
        rating = (await session.scalars(about)).one()
    assert (rating.score, rating.comment, rating.channel) == (2, talk.broken, "telegram")


async def points_after_a_shared_contact(shopper: Shopper, who: Known, talk: Talk) -> None:
    """Somebody else's contact shows nothing; the own one does, and the balance and its reason follow."""
    cloud = shopper.chats.cloud
    assert await shopper.say("/points") == ["utter_share_phone_or_email"]
    assert cloud.keyboards[shopper.chat][0]["request_contact"]
    assert await shopper.share(who.phone, of=SOMEBODY_ELSE) == ["utter_contact_unknown"]
    again = WORDS.text("utter_button_try_again", shopper.language)
    assert await shopper.press(again) == ["utter_share_phone_or_email"]
    told = ["utter_contact_right", "utter_points_balance"]
    assert await shopper.share(who.phone.removeprefix("+"), of=shopper.chat) == told
    assert shopper.chat not in cloud.keyboards
    assert "240" in cloud.texts(shopper.chat)[-1]
    why = WORDS.text("utter_button_points_history", shopper.language)
    assert await shopper.press(why) == ["utter_points_history"]
    assert {"340", "100"} <= set(re.findall(r"\d+", cloud.texts(shopper.chat)[-1]))
    assert await shopper.say("/orders") == ["utter_orders_list"]


async def points_after_a_code(shopper: Shopper, who: Known, talk: Talk, box: Postbox) -> None:
    assert await shopper.say(talk.how_many) == ["utter_share_phone_or_email"]
    assert await shopper.say(who.email) == ["utter_code_sent"]
    code = re.search(r"\b\d{6}\b", (await box.next_to(who.email)).get_content())
    assert code
    assert await shopper.say(code[0]) == ["utter_code_right", "utter_points_balance"]
    assert shopper.chat not in shopper.chats.cloud.keyboards
    assert "240" in shopper.chats.cloud.texts(shopper.chat)[-1]


async def help_and_language(shopper: Shopper) -> None:
    """What a command means is the same in every language, and an unknown one asks for help."""
    assert await shopper.say("/help") == ["utter_help"]
    assert await shopper.say("/nonsense") == ["utter_help"]
    assert await shopper.say("/language") == ["utter_which_language"]
    own = WORDS.text(f"utter_button_language_{shopper.language}", shopper.language)
    assert await shopper.press(own) == ["utter_language_changed"]


async def a_person(shopper: Shopper) -> None:
    assert await shopper.say("/human") == ["utter_handed_off"]
    conversation = await shopper.chats.conversation(shopper.chat)
    assert conversation
    async with shopper.chats.store.read() as session:
        row = await session.get_one(Conversation, conversation.id)
        waiting = await handoffs.open_one(session, row)
    assert waiting and (waiting.state, waiting.language) == ("waiting", shopper.language)
    assert waiting.packet["points"] == 240


async def everything(town: Town, language: str) -> int:
    """One shopper, first on one phone, then on another; how many messages came more than once."""
    talk, who = TALKS[language], await town.known()
    first, second = town.shopper(language), town.shopper(language)
    for shopper in (first, second):
        assert await shopper.say("/start") == ["utter_welcome"]
    await order_and_rating(first, who, talk)
    await points_after_a_shared_contact(first, who, talk)
    await points_after_a_code(second, who, talk, town.box)
    await help_and_language(second)
    await a_person(first)
    return sum([await shopper.assert_shown() for shopper in (first, second)])


async def all_at_once(town: Town, shoppers: int) -> None:
    repeated = await asyncio.gather(
        *(everything(town, language) for language in TALKS for _ in range(shoppers))
    )
    cloud = town.chats.cloud
    sent = sum(len(cloud.sent[chat]) for chat in cloud.sent)
    print(f"{sent} messages, refused {dict(cloud.refused)}, answers lost {cloud.lost}, twice {sum(repeated)}")
    assert sum(repeated) <= cloud.lost
    pressed = {query["callback_query_id"] for query in cloud.named("answerCallbackQuery")}
    assert len(pressed) == 5 * shoppers * len(TALKS)


async def test_order_rating_points_and_a_person_in_three_languages_at_once(whole: Whole):
    async with town(whole, random.Random(5)) as opened:
        await all_at_once(opened, 1)


@pytest.mark.long
@pytest.mark.timeout(300, func_only=True)
@pytest.mark.parametrize("public_url", ["", "https://chat.shop.example"], ids=["polling", "webhook"])
async def test_thirty_shoppers_at_once(whole: Whole, public_url: str):
    async with town(whole, random.Random(6), public_url=public_url) as opened:
        await all_at_once(opened, 10)
