"""Shoppers write on Telegram while the gateway is killed: nothing lost, all in order, at most one double per send."""

import asyncio
import random
from pathlib import Path

import pytest
from aiohttp import web

from bot.deliveries import AT_ONCE
from crm_store import schema
from tests.crm_store.fixtures import Database
from tests.rig.fake_telegram import TOKEN, FakeTelegram
from tests.rig.house import House
from tests.rig.ports import free_port

CHATS = range(1, 21)


async def storm(
    folder: Path, database: Database, chance: random.Random, *, kills: int, messages: int
) -> None:
    cloud, api = FakeTelegram(chance), free_port()
    house = House(
        folder,
        database_url=database.url,
        database_schema=database.schema,
        telegram_token=TOKEN,
        telegram_api=f"http://127.0.0.1:{api}",
    )
    await schema.migrate(house.settings.database, house.settings.database_schema)
    runner = web.AppRunner(cloud.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", api).start()
    gateway, rasa = house.gateway(), house.stub_rasa()
    try:
        rasa.start()
        gateway.start()
        await gateway.healthy()
        for life in range(kills):
            for n in range(messages * life // kills, messages * (life + 1) // kills):
                cloud.hand_out(*(cloud.text(chat, f"message {n}") for chat in CHATS))
            await asyncio.sleep(chance.uniform(0.3, 2))
            gateway.kill()
            gateway.start()
            await gateway.healthy()
        wanted = [f"echo: message {n}" for n in range(messages)]
        async with asyncio.timeout(60 + 2 * messages):
            while any(len(set(cloud.texts(chat))) < messages for chat in CHATS):
                await asyncio.sleep(0.1)
        doubles = 0
        for chat in CHATS:
            texts = cloud.texts(chat)
            assert [text for n, text in enumerate(texts) if n == 0 or texts[n - 1] != text] == wanted, chat
            doubles += len(texts) - messages
        print(f"{kills} kills, {len(CHATS) * messages} messages: {doubles} sent twice")
        assert doubles <= kills * AT_ONCE
    finally:
        gateway.stop()
        rasa.stop()
        await runner.cleanup()


@pytest.mark.timeout(150, func_only=True)
async def test_a_killed_gateway_loses_no_telegram_message_and_repeats_only_sends_under_way(
    tmp_path: Path, database: Database, chance: random.Random
):
    await storm(tmp_path, database, chance, kills=2, messages=6)


@pytest.mark.long
@pytest.mark.timeout(600, func_only=True)
async def test_thirty_kills_lose_no_telegram_message(
    tmp_path: Path, database: Database, chance: random.Random
):
    await storm(tmp_path, database, chance, kills=30, messages=60)
