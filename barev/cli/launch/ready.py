"""When is everything there? When the gateway is healthy and a real question gets a real answer."""

from __future__ import annotations

import asyncio
import secrets as random
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import aiohttp

from barev.cli.errors import Refused
from barev.cli.launch.processes import Processes
from barev.settings import Secrets, Settings
from bot.rasa_client import EmptyTurn, RasaClient, RasaUnavailable

QUESTION = "where is my order?"
"""It opens the order form, so the answer has been through Rasa, its model, an action and the store."""
START_SECONDS = 240.0
HEALTH_SECONDS = 30.0


async def gateway_is_up(settings: Settings) -> None:
    """Wait until the gateway says that it is healthy."""
    url = f"http://127.0.0.1:{settings.port}/healthz"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def a_turn_passes(settings: Settings, secrets: Secrets) -> None:
    """Wait until Rasa and the actions together answer a question of a visitor who does not exist."""
    sender = f"start-up-{random.token_hex(8)}.1"
    rasa = RasaClient(f"http://127.0.0.1:{settings.rasa_port}", secrets.rasa)
    await rasa.open()
    try:
        while True:
            with suppress(RasaUnavailable, EmptyTurn):
                await rasa.say(QUESTION, sender=sender, message_id=random.token_hex(8), language="en")
                return
            await asyncio.sleep(0.5)
    finally:
        await rasa.close()


async def within(
    seconds: float, waiting: Coroutine[Any, Any, None], processes: Processes, *, otherwise: str
) -> None:
    """Wait for one of the two above. Raises Refused when a process ends before that, or when the time is over."""
    done, died = asyncio.create_task(waiting), asyncio.create_task(processes.first_death.wait())
    try:
        await asyncio.wait({done, died}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if processes.died:
            raise Refused(processes.obituary())
        if not done.done():
            raise Refused(
                f"{otherwise} within {seconds:.0f} s; the logs are in {processes.children[0].log.parent}."
            )
        await done
    finally:
        done.cancel()
        died.cancel()
