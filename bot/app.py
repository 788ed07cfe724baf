"""The one place where the pieces of the gateway are put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from barev.settings import Secrets, Settings
from bot import health
from bot.channels.website import Website
from bot.conversation import Turns
from bot.deliveries import Deliveries, Sender
from bot.desk import desk, leaving
from bot.live import MOVED, Live
from bot.live_postgres import Bell
from bot.mail import CodeMail, smtp_of
from bot.owner import rooms
from bot.pages.pages import Pages
from bot.rasa_client import RasaClient
from bot.rendering import Rendering
from bot.schedule import Schedule
from bot.sign_in import pages as sign_in_pages
from bot.sign_in import policy
from bot.sign_in.guard import guard
from bot.sign_in.staff import DOOR, Door
from bot.widget import mailbox, pages
from bot.workers import Workers
from crm_store import demo
from crm_store.db import open_store


def make_app(settings: Settings, secrets: Secrets) -> web.Application:
    """The gateway: reads top to bottom what belongs to what. Nothing is opened before the application starts."""
    app = web.Application(client_max_size=1024 * 1024, middlewares=[guard])
    store = open_store(settings.database, schema=settings.database_schema)
    rendering = Rendering(settings.responses_dir)
    live = Live()

    rasa = RasaClient(f"http://127.0.0.1:{settings.rasa_port}", secrets.rasa)
    turns = Turns(
        store=store,
        rasa=rasa,
        rendering=rendering,
        patience=settings.rasa_patience,
        said=live.wake,
        moved=live.wake,
    )
    workers = Workers(store, turns)
    senders: dict[str, Sender] = {}
    deliveries = Deliveries(store, senders)

    def heard(conversation_id: int | None, typing: str | None = None) -> None:
        if conversation_id is None:
            live.wake_all()
        elif typing:
            live.wake(conversation_id, None if typing == MOVED else typing)
            return
        else:
            workers.wake(conversation_id)
            live.wake(conversation_id)
        deliveries.wake()

    bell = None if store.is_sqlite else Bell(settings.database, settings.database_schema, heard)

    def said(conversation_id: int) -> None:
        live.wake(conversation_id)
        deliveries.wake()
        if bell:
            bell.ring(conversation_id)

    def changed(conversation_id: int) -> None:
        workers.wake(conversation_id)
        said(conversation_id)

    def moved(conversation_id: int) -> None:
        live.wake(conversation_id)
        if bell:
            bell.ring(conversation_id, MOVED)

    def types(conversation_id: int, who: str) -> None:
        live.wake(conversation_id, who)
        if bell:
            bell.ring(conversation_id, who)

    turns.said, turns.moved = said, moved  # its worker knows
    schedule = Schedule(store, rendering, is_quiet=settings.is_quiet, said=changed)

    website = Website(
        store=store,
        settings=settings,
        rendering=rendering,
        live=live,
        accepted=changed,
        types=partial(types, who="shopper"),
        secret=secrets.codes,
    )
    left = leaving.Leaving(store, rendering, changed, moved)
    the_desk = desk.Desk(
        store=store, rendering=rendering, live=live, changed=changed, moved=moved, types=types
    )

    demo_mailbox = mailbox.Mailbox()
    mail = CodeMail(
        store,
        rendering,
        secret=secrets.codes,
        sender=settings.mail_from,
        smtp=smtp_of(settings),
        mailbox=demo_mailbox.take,
    )

    telegram = None
    if settings.telegram_token:
        # Imported here: its library takes a second to load, and a shop without a bot does not need it.
        from bot.channels.telegram import Telegram

        telegram = Telegram(
            store=store, settings=settings, secrets=secrets, rendering=rendering, accepted=changed
        )
        senders["telegram"] = telegram.sender

    async def running(app: web.Application) -> AsyncIterator[None]:
        await rasa.open()
        jobs = [
            asyncio.create_task(job)
            for job in (
                workers.look(),
                workers.renew(),
                deliveries.run(),
                mail.run(),
                schedule.run(),
                left.run(),
                *([bell.run()] if bell else []),
                *([telegram.run()] if telegram else []),
            )
        ]
        yield
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await workers.stop()
        if telegram:
            await telegram.close()
        await rasa.close()
        await store.close()

    async def closing(app: web.Application) -> None:
        await website.close()
        await the_desk.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(closing)

    async def demo_shoppers() -> list[dict[str, Any]] | None:
        return (await demo.describe(store, {}))["shoppers"] if await demo.is_filled(store) else None

    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(pages.TEMPLATES), autoescape=True)
    app[DOOR] = door = Door(store, settings, Pages(rooms.ROOM, desk.ROOM), secrets.staff)
    app[pages.SHOPPERS], app[mailbox.MAILBOX] = demo_shoppers, demo_mailbox
    if telegram:
        app.add_routes(telegram.routes())
    app.add_routes(
        [
            *website.routes(),
            *health.routes(store, key=secrets.metrics if settings.public_url else None),
            *pages.routes(),
            *mailbox.routes(),
            *door.pages.routes(),
            *sign_in_pages.routes(),
            *rooms.routes(),
            *the_desk.routes(),
        ]
    )
    policy.check(policy.routes_of(app))
    door.paths.update(path for _, path in policy.routes_of(app))
    return app
