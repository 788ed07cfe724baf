"""`barev up`: everything, as `make run` does. It refuses in one sentence, or starts all and keeps them alive."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from rich.console import Console

from barev.cli import demo
from barev.cli.errors import Refused
from barev.cli.launch import database, ports, ready
from barev.cli.launch.children import RASA_PYTHON, children
from barev.cli.launch.gateway_lock import only_gateway
from barev.cli.launch.keep_up import keep_up, on_signal, this_task
from barev.cli.launch.model import in_use
from barev.cli.launch.processes import Processes
from barev.cli.train import trained
from barev.settings import Secrets, Settings, load_secrets, load_settings


def up() -> None:
    """Start gateway, actions and Rasa, and keep them alive until Ctrl-C."""
    settings = load_settings()
    with suppress(asyncio.CancelledError):
        asyncio.run(_up(settings, Console()))


async def _up(settings: Settings, console: Console) -> None:
    on_signal(this_task().cancel)
    await check(settings)
    secrets = load_secrets(settings)
    model = await trained(settings, secrets, console)
    await database.prepare(settings)
    shop = await demo.fill_if_empty(settings, console)

    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    processes = Processes(children(settings, secrets, model), say=say)

    async def started() -> None:
        await start(processes, settings, secrets, console)
        demo.show(console, settings, shop, below="Ctrl-C ends it")

    with in_use(model):
        await keep_up(processes, started, say)


async def check(settings: Settings) -> None:
    """Everything that would be refused later anyway, before anything is started or changed."""
    if not RASA_PYTHON.exists():
        raise Refused("Rasa's environment .venv-rasa is not there; make it with 'make setup'.")
    with only_gateway(settings):
        ports.all_free(settings)
    await database.refuse_newer(settings)


async def start(processes: Processes, settings: Settings, secrets: Secrets, console: Console) -> None:
    """The gateway first and alone, so that it is there at once, then the others; until a test question is answered.

    Raises Refused when one of them ends meanwhile, or it takes too long.
    """
    began = time.monotonic()
    await processes.start("gateway")
    healthy = ready.gateway_is_up(settings)
    await ready.within(ready.HEALTH_SECONDS, healthy, processes, otherwise="The gateway was not healthy")
    console.print(f"the gateway is up after {time.monotonic() - began:.1f} s; Rasa is loading its model")
    await processes.start("actions", "rasa")
    answered = ready.a_turn_passes(settings, secrets)
    await ready.within(ready.START_SECONDS, answered, processes, otherwise="A test question got no answer")
    console.print(f"a test question was answered after {time.monotonic() - began:.1f} s")
