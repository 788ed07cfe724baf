"""The whole Barev with a bot, the cloud that it talks to, and two agents: for conversations over Telegram."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from barev import clock
from bot.channels.telegram import PATH
from crm_store import loyalty
from crm_store.db import Store, open_store
from crm_store.models import Contact, Customer, Order
from tests.bot.channels.conftest import serve
from tests.bot.desk.hands import Agent, agent
from tests.rig.fake_telegram import TOKEN, FakeTelegram, Update, one_in_seven_fails, push
from tests.rig.house import House
from tests.rig.mail_server import Postbox, mail_server
from tests.rig.ports import free_port
from tests.rig.telegram_chats import Chats
from tests.rig.telegram_shopper import HandOver, Shopper
from tests.rig.whole import Whole

_chats = itertools.count(50_001)
_towns = itertools.count(1)


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
    agents: list[Agent]  #: two who have signed in

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
        return Shopper(self.chats, next(_chats), language, self.hand_over)


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
            number = next(_towns)
            names, public_url = (f"Mariam-{number}", f"Gor-{number}"), house.settings.public_url
            agents = [await agent(house.url, store, name, public_url=public_url) for name in names]
            for one in agents:
                stack.push_async_callback(one.seat.http.close)
            yield Town(Chats(cloud, store), hand_over, whole, box, agents)
    finally:
        gateway.stop()
        whole.gateway.start()
        await whole.gateway.healthy()
