"""The routes of the owner's pages, together."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.owner import balances, facts, ratings

ROOM = Path(__file__).parent


def routes() -> list[web.RouteDef]:
    return [*balances.routes(), *ratings.routes(), *facts.routes()]
