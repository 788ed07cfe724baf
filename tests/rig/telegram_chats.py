"""What a test sees of a bot's chats: what reached the fake cloud, and what lies in the store beside the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from crm_store.db import Store
from crm_store.models import ChannelIdentity, Conversation, Delivery, Message, TelegramUpdate
from tests.rig.fake_telegram import FakeTelegram


@dataclass
class Chats:
    """The chats of one bot."""

    cloud: FakeTelegram
    store: Store

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

    async def conversation(self, chat: int) -> Conversation | None:
        async with self.store.read() as session:
            return await session.scalar(
                select(Conversation)
                .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
                .where(ChannelIdentity.address == str(chat), ChannelIdentity.channel == "telegram")
            )

    async def messages(self, chat: int) -> list[Message]:
        conversation = await self.conversation(chat)
        if conversation is None:
            return []
        async with self.store.read() as session:
            theirs = select(Message).where(Message.conversation_id == conversation.id)
            return list(await session.scalars(theirs.order_by(Message.seq)))

    async def shoppers_texts(self, chat: int) -> list[str]:
        return [message.text for message in await self.messages(chat) if message.author == "shopper"]
