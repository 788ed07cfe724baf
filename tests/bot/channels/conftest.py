"""A gateway with a Telegram bot, a stub Rasa behind it, and a fake Bot API for the cloud."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from barev.settings import Secrets, Settings, load_secrets
from bot.app import make_app
from bot.channels.telegram import PATH
from tests.bot.conftest import Client
from tests.bot.stub import StubRasa
from tests.crm_store import people
from tests.crm_store.fixtures import Database
from tests.rig.fake_telegram import TOKEN, FakeTelegram
from tests.rig.ports import free_port
from tests.rig.telegram_chats import Chats


@dataclass
class House(Chats):
    """What a test of the channel talks to: the fake cloud, Rasa's stub, the store beside the gateway."""

    settings: Settings
    secrets: Secrets
    rasa: StubRasa

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}{PATH}"


async def serve(stack: AsyncExitStack, app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()


@asynccontextmanager
async def house(database: Database, folder: Path, **settings: Any) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        api, port, rasa_port = free_port(), free_port(), free_port()
        given = Settings(
            data_dir=folder,
            database_url=database.url,
            database_schema=database.schema,
            port=port,
            rasa_port=rasa_port,
            actions_port=free_port(),
            rasa_patience=3,
            telegram_token=TOKEN,
            telegram_api=f"http://127.0.0.1:{api}",
            **settings,
        )
        secrets = load_secrets(given)
        cloud, rasa = FakeTelegram(), StubRasa(secrets.rasa)
        store = database.open()
        stack.push_async_callback(store.close)
        await serve(stack, cloud.app(), api)
        await serve(stack, rasa.app(), rasa_port)
        await serve(stack, make_app(given, secrets), port)
        yield House(cloud, store, given, secrets, rasa)


@pytest.fixture
async def polling(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with house(database, tmp_path) as opened:
        yield opened


@pytest.fixture
async def hooked(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with house(database, tmp_path, public_url="https://chat.shop.example") as opened:
        yield opened


@pytest.fixture
async def ani(store):
    """A customer of the shop."""
    async with store.write() as session:
        return await people.ani(session)


@pytest.fixture
async def client(gateway, ani) -> Client:
    gateway.rasa.script = lambda turn: [{"name": "utter_greet"}]
    return await gateway.visitor()
