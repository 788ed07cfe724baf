"""Is the gateway well, and what has it counted."""

from __future__ import annotations

import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from crm_store.db import Store


def routes(store: Store, *, key: str | None) -> list[web.RouteDef]:
    """`key`: what /metrics wants as a bearer token; None where only this machine can reach the gateway."""

    async def healthy(request: web.Request) -> web.Response:
        """200 while the database answers; the chat works (and says so) while Rasa is still starting."""
        try:
            async with store.read() as session:
                await session.execute(text("SELECT 1"))
        except Exception:
            return web.json_response({"status": "no database"}, status=503)
        return web.json_response({"status": "ok"})

    async def figures(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").encode()
        if key is not None and not hmac.compare_digest(given, f"Bearer {key}".encode()):
            raise web.HTTPNotFound
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthy), web.get("/metrics", figures)]
