"""The desk: its page, and a WebSocket for each one that is open. Who may come in at all, the guard has asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.desk.seat import Seat
from bot.live import Live
from bot.rendering import Rendering
from bot.sign_in.guard import close_when_signed_out
from bot.sign_in.staff import page, staff_of
from crm_store import handoffs_customer
from crm_store.db import Store

ROOM = Path(__file__).parent
LARGEST_FRAME = 64 * 1024
HEARTBEAT_SECONDS = 25.0


@dataclass
class Desk:
    """`changed` is told a conversation's row id after a commit, `moved` one whose place in the queue may have changed,
    `types` who types there (nothing is committed)."""

    store: Store
    rendering: Rendering
    live: Live
    changed: Callable[[int], None]
    moved: Callable[[int], None]
    types: Callable[[int, str], None]
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/desk", self.page), web.get("/desk/v1/ws", self.open)]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET /desk: everything in it comes over the socket."""
        return await page(request, "desk/desk.html", reasons=handoffs_customer.REASONS)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """GET /desk/v1/ws: from its opening until the agent goes, or is signed out."""
        staff = await staff_of(request)
        assert staff
        socket = web.WebSocketResponse(
            compress=False, max_msg_size=LARGEST_FRAME, heartbeat=HEARTBEAT_SECONDS
        )
        await socket.prepare(request)
        self._sockets.add(socket)
        ending = asyncio.create_task(close_when_signed_out(request, socket))
        try:
            await Seat(
                socket=socket,
                request=request,
                staff=staff,
                store=self.store,
                rendering=self.rendering,
                live=self.live,
                changed=self.changed,
                moved=self.moved,
                types=self.types,
            ).run()
        except (ConnectionResetError, TimeoutError):
            pass  # the browser went away; it comes back and is served from the store
        finally:
            ending.cancel()
            self._sockets.discard(socket)
            await socket.close()
        return socket

    async def close(self) -> None:
        """The gateway stops: desks are told to come back."""
        await asyncio.gather(*(s.close(code=1012, message=b"restart") for s in list(self._sockets)))
