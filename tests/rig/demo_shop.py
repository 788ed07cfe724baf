"""A gateway with the demo shop in it, for pages that need no Rasa."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from barev.settings import Settings, load_secrets
from bot.app import make_app
from crm_store import demo, schema
from crm_store.db import Store, open_store
from tests.rig.ports import free_port


@dataclass(frozen=True)
class DemoShop:
    """Where it is, its store, and the demo passwords of its staff by e-mail."""

    url: str
    store: Store
    passwords: dict[str, str]


@asynccontextmanager
async def demo_shop(folder: Path) -> AsyncIterator[DemoShop]:
    """Filled and served on SQLite in this folder until the block ends."""
    settings = Settings(data_dir=folder, port=free_port())
    await schema.migrate(settings.database)
    store = open_store(settings.database)
    filled = await demo.fill(store)
    runner = web.AppRunner(make_app(settings, load_secrets(settings)), shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    yield DemoShop(f"http://127.0.0.1:{settings.port}", store, filled.passwords)
    await runner.cleanup()
    await store.close()
