"""Sockets of staff: of our own pages only, closed when the session ends, let go when the store cannot say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from barev.settings import load_secrets
from bot.app import make_app
from bot.sign_in import guard, policy
from bot.sign_in.staff import DOOR
from crm_store import staff
from crm_store.db import Store
from crm_store.models import Staff
from tests.bot.conftest import Gateway
from tests.bot.sign_in.hands import Seat, member
from tests.rig.ports import free_port

Seats = Callable[[], Seat]


async def test_a_staff_socket_of_another_site_is_refused_and_ends_when_signed_out(
    seats: Seats, store: Store, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk's socket is guarded like this one."""

    async def open_socket(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        watch = asyncio.create_task(guard.close_when_signed_out(request, socket))
        async for _ in socket:
            pass
        watch.cancel()
        return socket

    monkeypatch.setitem(policy.ROUTES, ("GET", "/socket"), "agent")
    app = web.Application(middlewares=[guard.guard])
    port = free_port()
    settings = gateway.settings.model_copy(update={"port": port})
    door = make_app(gateway.settings, load_secrets(gateway.settings))[DOOR]
    app[DOOR] = type(door)(store, settings, door.pages, door.secret)
    app.router.add_get("/socket", open_socket)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    person = await member(store, "agent")
    seat = seats()
    await seat.sign_in("agent@shop.example")
    url, own = f"http://127.0.0.1:{port}/socket", f"http://127.0.0.1:{port}"
    for headers in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await seat.http.ws_connect(url, headers=headers)
        assert refused.value.status == 403
    async with seat.http.ws_connect(url, headers={"Origin": own}) as socket:
        async with store.write() as session:
            await staff.disable(session, await session.get_one(Staff, person.id))
        message = await socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, guard.SIGNED_OUT)
    await runner.cleanup()


async def test_a_staff_socket_whose_store_cannot_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    class Socket:
        closed = False
        code: int | None = None

        async def close(self, *, code: int, message: bytes) -> None:
            self.closed, self.code = True, code

    async def away(request: Any) -> bool:
        raise OSError("the database is away")

    monkeypatch.setattr(guard, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(guard, "still_signed_in", away)
    socket = Socket()
    await guard.close_when_signed_out(None, socket)  # type: ignore[arg-type]
    assert socket.code == guard.COME_BACK
