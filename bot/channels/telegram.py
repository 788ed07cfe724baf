"""The Telegram channel: long polling when only a token is set, a webhook when the world can reach us.

An update is acknowledged after its row is committed, and read only then (telegram_reading.py). What is said goes out
as deliveries (telegram_sending.py).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ssl import SSLContext

import httpx
from aiohttp import web
from telegram import Bot, BotCommand
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from barev.language import LANGUAGES
from barev.settings import Secrets, Settings
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_pace import Pace
from bot.channels.telegram_polling import poll, until_done
from bot.channels.telegram_reading import Reading
from bot.channels.telegram_sending import TelegramSender
from bot.channels.telegram_updates import COMMANDS, WANTED
from bot.rendering import Rendering
from crm_store import telegram as updates
from crm_store.db import Store

PATH = "/telegram/updates"
SECRET = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS = 4
"""Telegram's own connections to the webhook: our store takes one commit at a time anyway."""


@cache
def trusted_authorities() -> SSLContext:
    """Whom httpx trusts by itself, read once for all connections: reading takes 0.1 s of the event loop each time."""
    return httpx.create_ssl_context()


@dataclass
class Telegram:
    """One bot. `accepted` is told the conversation's row id after a message's commit."""

    store: Store
    settings: Settings
    secrets: Secrets
    rendering: Rendering
    accepted: Callable[[int], None]

    def __post_init__(self) -> None:
        assert self.settings.telegram_token
        token = self.settings.telegram_token.get_secret_value()
        trusted = {"verify": trusted_authorities()}
        self._requests = (
            HTTPXRequest(connection_pool_size=32, httpx_kwargs=trusted),
            HTTPXRequest(connection_pool_size=1, httpx_kwargs=trusted),
        )
        self._bot = Bot(
            token,
            base_url=f"{self.settings.telegram_api.rstrip('/')}/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )
        self._bot_id = token.partition(":")[0]
        self._pace = Pace()
        self.sender = TelegramSender(self._bot, self._pace)
        self._reading = Reading(
            store=self.store,
            bot=self._bot,
            bot_id=self._bot_id,
            pace=self._pace,
            rendering=self.rendering,
            accepted=self.accepted,
            secret=self.secrets.codes,
            gap=updates.GAP if self.settings.public_url else timedelta(0),  # polling asks in order
        )
        self._intake = Intake(self.store, self._bot_id, self._reading.wake)

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.receive)] if self.settings.public_url else []

    async def run(self) -> None:
        """Until cancelled. The menu is told beside: shoppers are served before Telegram knows it."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold the token
        # It wants us to use get_updates, which fails as a whole on one update that it cannot read.
        warnings.filterwarnings("ignore", message=".*getUpdates", category=PTBUserWarning)
        warnings.filterwarnings("ignore", category=PTBDeprecationWarning)  # seconds_of takes both types
        async with asyncio.TaskGroup() as together:
            together.create_task(self._reading.run())
            together.create_task(self._tell_menu())
            together.create_task(self._hook() if self.settings.public_url else self._poll())

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def receive(self, request: web.Request) -> web.Response:
        """An update from Telegram: 200 after its commit, 403 without the secret, before anything is read."""
        given = request.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.secrets.telegram.encode()):
            raise web.HTTPForbidden
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        await self._intake.take([update])
        return web.Response()

    async def _poll(self) -> None:
        await until_done("no webhook", self._bot.delete_webhook, self._pace)
        await poll(self._bot, self._intake.take)

    async def _hook(self) -> None:
        async def hook() -> None:
            await self._bot.set_webhook(
                f"{self.settings.public_url}{PATH}",
                secret_token=self.secrets.telegram,
                allowed_updates=list(WANTED),
                max_connections=CONNECTIONS,
            )

        await until_done("webhook", hook, self._pace)

    async def _tell_menu(self) -> None:
        for language, code in (("en", None), *((language, language) for language in LANGUAGES)):
            menu = [
                BotCommand(name, self.rendering.text(f"utter_command_{name}", language)) for name in COMMANDS
            ]

            async def tell(menu: list[BotCommand] = menu, code: str | None = code) -> None:
                await self._bot.set_my_commands(menu, language_code=code)

            await until_done("menu", tell, self._pace)
