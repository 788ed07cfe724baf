"""Read what Telegram has sent: each committed update once, in the order of their ids, into its conversation."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.error import BadRequest, RetryAfter, TelegramError

from barev.language import LANGUAGES
from bot import inbox, metrics
from bot.channels.limits import Allowance
from bot.channels.telegram_pace import Pace
from bot.channels.telegram_sending import seconds_of
from bot.channels.telegram_updates import Seen, read
from bot.rendering import Rendering
from crm_store import shop, telegram
from crm_store.db import Store
from crm_store.errors import NotFound
from crm_store.models import TelegramUpdate

LOOK_AGAIN_SECONDS = 5.0
WHILE_WAITING_SECONDS = 0.1
"""How often it is looked whether a missing update has come."""
FORGET_SECONDS = 3600.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
CALLBACK_TRIES = 3
GROUP_SECONDS = 3600.0
"""A group is told once in so long that we talk in private only."""

log = structlog.get_logger()


@dataclass
class Reading:
    """`accepted` is told the conversation's row id after a message's commit."""

    store: Store
    bot: Bot
    bot_id: str
    pace: Pace
    rendering: Rendering
    accepted: Callable[[int], None]
    secret: str  #: makes one-time codes, and hashes of where messages come from
    gap: timedelta  #: how long to wait for updates that may still come before one that is there
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _replies: set[asyncio.Task[None]] = field(default_factory=set)
    _groups: Allowance = field(default_factory=lambda: Allowance(1, GROUP_SECONDS))

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled: whatever is there, then whatever comes."""
        loop = asyncio.get_running_loop()
        pause, forgotten_at = FIRST_PAUSE, -FORGET_SECONDS
        while True:
            self._woken.clear()
            try:
                while await self._take_next():
                    pause = FIRST_PAUSE
                if loop.time() - forgotten_at > FORGET_SECONDS:
                    async with self.store.write() as session:
                        await telegram.forget(session)
                    forgotten_at = loop.time()
                await self._until_woken()
            except Exception as error:
                await self._stumble(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _until_woken(self) -> None:
        async with self.store.read() as session:
            waits = await telegram.waiting(session, self.bot_id)
        try:
            async with asyncio.timeout(WHILE_WAITING_SECONDS if waits else LOOK_AGAIN_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _take_next(self) -> bool:
        """One update, its message and its mark in one commit. False when none is to be read now."""
        conversation_id, expired = None, False
        async with self.store.write() as session:
            row = await telegram.next_update(session, self.bot_id, gap=self.gap)
            if row is None:
                return False
            seen = self._read(row)
            language = seen.language if seen.language in LANGUAGES else None
            if seen.incoming and seen.chat:
                if language is None:
                    the_shop = await shop.the_shop(session)
                    language = the_shop.default_language if the_shop else "en"
                conversation = await telegram.conversation_of(session, seen.chat, language=language)
                incoming = replace(seen.incoming, source=self._source(seen.chat))
                if seen.shown:
                    word = self.rendering.text(f"utter_telegram_shown_{seen.shown}", conversation.language)
                    incoming = replace(incoming, text=word)
                try:
                    _, new = await inbox.take(session, conversation, incoming, secret=self.secret)
                    conversation_id = conversation.id if new else None
                except NotFound:
                    expired, language = True, conversation.language
            if row.state == "received":
                telegram.done(row)
        if conversation_id is not None:
            metrics.accepted.labels("telegram").inc()
            self.accepted(conversation_id)
        self._reply(seen, expired, language or "en")
        return True

    def _read(self, row: TelegramUpdate) -> Seen:
        try:
            update = Update.de_json(row.raw or {}, self.bot)
            return read(update)
        except Exception as error:  # whatever the library does with what it does not expect
            # Only the exception's name: its text may hold what the shopper wrote.
            log.warning("an update cannot be read", update=row.update_id, why=type(error).__name__)
            telegram.failed(row, type(error).__name__)
            return Seen(None)

    async def _stumble(self, error: Exception) -> None:
        log.error("reading an update broke off", why=type(error).__name__)
        try:
            async with self.store.write() as session:
                await telegram.stumbled(session, self.bot_id, type(error).__name__)
        except Exception as again:  # the database is away: nobody's fault, nothing is counted
            log.error("the store does not answer", why=type(again).__name__)

    def _reply(self, seen: Seen, expired: bool, language: str) -> None:
        """What is said past the conversation: to a pressed button's waiting sign, and to groups."""
        if seen.callback:
            text = self.rendering.text("utter_error_expired_button", language) if expired else None
            self._begin(self._answer_callback(seen.callback, text))
        elif seen.chat and not seen.private and self._groups.take(seen.chat):
            self._begin(self._refuse_group(seen.chat, self.rendering.text("utter_telegram_group", language)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _answer_callback(self, callback: str, text: str | None) -> None:
        for attempt in range(1, CALLBACK_TRIES + 1):
            await asyncio.sleep(self.pace.closed())
            try:
                await self.bot.answer_callback_query(callback, text=text, show_alert=text is not None)
                return
            except RetryAfter as error:
                self.pace.stop(seconds_of(error))
            except BadRequest:
                return  # too old: Telegram has ended the wait itself
            except TelegramError as error:
                log.warning("a pressed button was not answered", why=type(error).__name__, attempt=attempt)
                await asyncio.sleep(attempt)

    async def _refuse_group(self, chat: str, text: str) -> None:
        try:
            await self.pace.turn()
            if not self.pace.closed():
                await self.bot.send_message(int(chat), text)
        except RetryAfter as error:
            self.pace.stop(seconds_of(error))
        except TelegramError as error:
            log.warning("a group was not told", why=type(error).__name__)

    def _source(self, chat: str) -> str:
        """The chat as a keyed hash: wrong guesses are counted by it."""
        return hmac.new(self.secret.encode(), f"telegram {chat}".encode(), hashlib.sha256).hexdigest()[:24]
