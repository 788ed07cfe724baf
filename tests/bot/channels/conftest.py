"""A gateway with a Telegram bot, a stub Rasa behind it, and a fake Bot API for the cloud."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from barev.settings import Secrets, Settings, load_secrets
from bot.app import make_app
from bot.channels.telegram import PATH
from crm_store.db import Store
from crm_store.models import ChannelIdentity, Conversation, Delivery, Message, TelegramUpdate
from tests.bot.stub import StubRasa
from tests.crm_store.fixtures import Database
from tests.rig.fake_telegram import TOKEN, FakeTelegram
from tests.rig.ports import free_port


@dataclass
class House:
    """What a test of the channel talks to: the fake cloud, Rasa's stub, the store beside the gateway."""

    settings: Settings
    secrets: Secrets
    cloud: FakeTelegram
    rasa: StubRasa
    store: Store

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}{PATH}"

    async def until(self, holds: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until this holds."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)

    async def say(self, chat: int, text: str | None = None, *, answers: int = 1, **more: Any) -> list[str]:
        """Say something in a chat of a polling bot, and wait for so many new messages."""
        before = len(self.cloud.sent[chat])
        self.cloud.hand_out(self.cloud.text(chat, text, **more))
        await self.until(lambda: len(self.cloud.sent[chat]) >= before + answers)
        return self.cloud.texts(chat)[before:]

    async def read(self, seconds: float = 30) -> dict[str, int]:
        """Wait until every update that was taken in has been read; how many are in which state."""
        async with asyncio.timeout(seconds):
            while True:
                query = select(TelegramUpdate.state, func.count()).group_by(TelegramUpdate.state)
                async with self.store.read() as session:
                    states = {state: count for state, count in await session.execute(query)}
                if "received" not in states:
                    return states
                await asyncio.sleep(0.05)

    async def delivered(self, seconds: float = 30) -> dict[str, int]:
        """Wait until every message has had its turn and nothing is to be pushed; deliveries by state."""
        async with asyncio.timeout(seconds):
            while True:
                async with self.store.read() as session:
                    open_turns = await session.scalar(
                        select(func.count())
                        .select_from(Message)
                        .join(Conversation, Conversation.id == Message.conversation_id)
                        .where(Message.author == "shopper", Message.seq > Conversation.answered_seq)
                    )
                    query = select(Delivery.state, func.count()).group_by(Delivery.state)
                    states = {state: count for state, count in await session.execute(query)}
                if not open_turns and not states.keys() & {"waiting", "sending"}:
                    return states
                await asyncio.sleep(0.05)

    async def messages(self, chat: int) -> list[Message]:
        async with self.store.read() as session:
            rows = await session.scalars(
                select(Message)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
                .where(ChannelIdentity.address == str(chat), ChannelIdentity.channel == "telegram")
                .order_by(Message.seq)
            )
            return list(rows)

    async def shoppers_texts(self, chat: int) -> list[str]:
        return [message.text for message in await self.messages(chat) if message.author == "shopper"]


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
        yield House(given, secrets, cloud, rasa, store)


@pytest.fixture
async def polling(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with house(database, tmp_path) as opened:
        yield opened


@pytest.fixture
async def hooked(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with house(database, tmp_path, public_url="https://chat.shop.example") as opened:
        yield opened
