"""Start the action server: `python -m actions`."""

from __future__ import annotations

from aiohttp import web

from actions.app import make_app
from barev.logs import set_up_logs
from barev.settings import load_secrets, load_settings
from crm_store.db import open_store


def main() -> None:
    set_up_logs()
    settings = load_settings()
    store = open_store(settings.database, schema=settings.database_schema)
    app = make_app(store, secret=load_secrets(settings).actions, sends_mail=settings.sends_mail)

    async def closed(_: web.Application) -> None:
        await store.close()

    app.on_cleanup.append(closed)
    web.run_app(app, host="127.0.0.1", port=settings.actions_port, print=None, access_log=None)


if __name__ == "__main__":
    main()
