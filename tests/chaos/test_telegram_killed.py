"""Shoppers write on Telegram while the gateway is killed: nothing lost, all in order, at most one double per send that
was under way at a kill."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from bot.channels.telegram import CONNECTIONS, PATH
from crm_store import schema
from crm_store.models import Delivery
from tests.crm_store.fixtures import Database
from tests.rig.fake_telegram import TOKEN, FakeTelegram, Update, push
from tests.rig.house import House
from tests.rig.ports import free_port

CHATS = range(1, 21)


class Cloud:
    """The cloud's side of handing updates over, by a poll or a webhook; it never gives one up."""

    def __init__(self, fake: FakeTelegram, house: House) -> None:
        self._fake, self._house = fake, house
        self._delivering: set[asyncio.Task[None]] = set()

    def hand_over(self, updates: Sequence[Update]) -> None:
        if not self._house.settings.public_url:
            self._fake.hand_out(*updates)
            return
        left = iter(updates)
        for _ in range(CONNECTIONS):
            self._delivering.add(asyncio.create_task(self._deliver(left)))

    async def _deliver(self, left: Iterator[Update]) -> None:
        for update in left:
            while not await self._taken(update):
                await asyncio.sleep(0.2)

    async def _taken(self, update: Update) -> bool:
        """Whether it was answered with 200: what was committed just before a kill comes again."""
        with suppress(aiohttp.ClientError, OSError):
            url, secret = f"{self._house.url}{PATH}", self._house.secrets.telegram
            statuses, _ = await push(url, secret, [update], connections=1)
            return statuses[200] == 1
        return False


async def under_way(database: Database) -> Counter[int]:
    """How many messages of each chat were being sent when the gateway died."""
    store = database.open()
    async with store.read() as session:
        addresses = await session.scalars(select(Delivery.address).where(Delivery.state == "sending"))
        chats = Counter(int(address) for address in addresses)
    await store.close()
    return chats


async def storm(
    folder: Path, database: Database, chance: random.Random, public_url: str, *, kills: int, messages: int
) -> None:
    cloud, api = FakeTelegram(chance), free_port()
    house = House(
        folder,
        database_url=database.url,
        database_schema=database.schema,
        telegram_token=TOKEN,
        telegram_api=f"http://127.0.0.1:{api}",
        public_url=public_url,
    )
    await schema.migrate(house.settings.database, house.settings.database_schema)
    runner = web.AppRunner(cloud.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", api).start()
    gateway, rasa, outside = house.gateway(), house.stub_rasa(), Cloud(cloud, house)
    at_kills: Counter[int] = Counter()
    try:
        rasa.start()
        gateway.start()
        await gateway.healthy()
        for life in range(kills):
            for n in range(messages * life // kills, messages * (life + 1) // kills):
                outside.hand_over([cloud.text(chat, f"message {n}") for chat in CHATS])
            await asyncio.sleep(chance.uniform(0.3, 2))
            gateway.kill()
            at_kills += await under_way(database)
            gateway.start()
            await gateway.healthy()
        wanted = [f"echo: message {n}" for n in range(messages)]
        async with asyncio.timeout(60 + 2 * messages):
            while any(len(set(cloud.texts(chat))) < messages for chat in CHATS):
                await asyncio.sleep(0.1)
        for chat in CHATS:
            texts = cloud.texts(chat)
            assert [text for n, text in enumerate(texts) if n == 0 or texts[n - 1] != text] == wanted, chat
            assert len(texts) - messages <= at_kills[chat], chat
        doubles = sum(len(cloud.sent[chat]) for chat in CHATS) - len(CHATS) * messages
        sends = at_kills.total()
        print(f"{kills} kills, {len(CHATS) * messages} messages: {sends} sends under way, {doubles} repeated")
    finally:
        gateway.stop()
        rasa.stop()
        await runner.cleanup()


WAYS = pytest.mark.parametrize("public_url", ["", "https://chat.shop.example"], ids=["polling", "webhook"])


@WAYS
@pytest.mark.timeout(150, func_only=True)
async def test_a_killed_gateway_loses_no_telegram_message_and_repeats_only_sends_under_way(
    tmp_path: Path, database: Database, chance: random.Random, public_url: str
):
    await storm(tmp_path, database, chance, public_url, kills=2, messages=6)


@pytest.mark.long
@WAYS
@pytest.mark.timeout(600, func_only=True)
async def test_thirty_kills_lose_no_telegram_message(
    tmp_path: Path, database: Database, chance: random.Random, public_url: str
):
    await storm(tmp_path, database, chance, public_url, kills=30, messages=60)
