"""A shopper on Telegram who talks to a real assistant: says, presses, shares, and gets the names of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from crm_store.models import Delivery, Message
from tests.rig.checker import NOTICES
from tests.rig.fake_telegram import Update
from tests.rig.telegram_chats import Chats

HandOver = Callable[[Update], Awaitable[object]]


@dataclass
class Shopper:
    """One private chat. `hand_over` gives an update to the bot; it may do so as often as it likes."""

    chats: Chats
    chat: int
    language: str
    hand_over: HandOver

    async def say(self, text: str) -> list[str]:
        """Write this; the names of the answers, once they have all gone out."""
        return await self._take(self.chats.cloud.text(self.chat, text, language=self.language))

    async def share(self, phone: str, *, of: int) -> list[str]:
        """Share a contact that belongs to the Telegram account `of`."""
        return await self._take(self.chats.cloud.share(self.chat, phone, of=of, language=self.language))

    async def press(self, title: str) -> list[str]:
        """Press the latest button with this title."""
        sent = self.chats.cloud.sent[self.chat]
        buttons = [button for one in sent for button in one.buttons if button["text"] == title]
        assert buttons, (title, [(one.text, one.buttons) for one in sent[-2:]])
        return await self._take(self.chats.cloud.press(self.chat, buttons[-1]["callback_data"]))

    async def assert_shown(self) -> int:
        """What reached the chat is what was said, in order, in the chat's language; how many came more than once."""
        said = [message for message in await self.chats.messages(self.chat) if message.author != "shopper"]
        texts = self.chats.cloud.texts(self.chat)
        assert _once(texts) == _once(message.text for message in said)
        assert {message.language for message in said} == {self.language}
        return len(texts) - len(said)

    async def _take(self, update: Update, seconds: float = 60) -> list[str]:
        query = update.get("callback_query")
        external_id = f"c{query['id']}" if query else f"m{update['message']['message_id']}"
        await self.hand_over(update)
        async with asyncio.timeout(seconds):
            while not (answers := await self._answers(external_id)) or await self._on_its_way():
                await asyncio.sleep(0.1)
        return [message.name or message.text for message in answers if message.name not in NOTICES]

    async def _answers(self, external_id: str) -> list[Message]:
        """What answers the message with this id, once its turn is over."""
        conversation = await self.chats.conversation(self.chat)
        messages = await self.chats.messages(self.chat)
        seq = next((message.seq for message in messages if message.external_id == external_id), None)
        if conversation is None or seq is None or conversation.answered_seq < seq:
            return []
        return [message for message in messages if message.in_reply_to == seq]

    async def _on_its_way(self) -> bool:
        async with self.chats.store.read() as session:
            theirs = select(Delivery.id).where(
                Delivery.address == str(self.chat), Delivery.state.in_(("waiting", "sending"))
            )
            return await session.scalar(theirs.limit(1)) is not None


def _once(texts: Iterable[str]) -> list[str]:
    """Without repetitions of one after the other."""
    return [text for text, _ in groupby(texts)]
