"""`barev serve`: the gateway alone, for whoever starts the three processes by other means."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from aiohttp import web

from barev.cli.launch.gateway_lock import only_gateway
from barev.cli.launch.ports import listening
from barev.logs import set_up_logs
from barev.settings import load_secrets, load_settings
from bot.app import make_app

SHUTDOWN_SECONDS = 5.0
"""How long open requests may go on after TERM; shorter than `barev up` waits before it kills."""


def serve(
    prepared: Annotated[bool, typer.Option("--prepared", hidden=True, help="The database is.")] = False,
) -> None:
    """Run the gateway alone until Ctrl-C or TERM; the database is migrated first."""
    set_up_logs()
    settings = load_settings()
    with only_gateway(settings), listening(settings.host, settings.port, setting="BAREV_PORT") as socket:
        if not prepared:
            # Imported here: `barev up` has prepared it, and a killed gateway is back half a second sooner.
            from barev.cli.launch import database

            asyncio.run(database.prepare(settings))
        app = make_app(settings, load_secrets(settings))
        print(f"the gateway listens on {settings.host}, port {socket.getsockname()[1]}", flush=True)
        web.run_app(app, sock=socket, print=None, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
