"""Several gateways on one PostgreSQL: what happened at one wakes the sockets and workers of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog
from sqlalchemy.engine import make_url

RECONNECT_SECONDS = 1.0
NOTIFY_SECONDS = 2.0

log = structlog.get_logger()


class Bell:
    """LISTEN and NOTIFY on a connection of its own. `heard` gets a conversation's row id and who types there, or
    MOVED, if that is all; or None: look at everything, because the connection was away and something may have been
    missed."""

    def __init__(self, url: str, schema: str | None, heard: Callable[[int | None, str | None], None]) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = f"barev_{schema or 'public'}"
        self._heard = heard
        self._to_ring: asyncio.Queue[str] = asyncio.Queue()

    def ring(self, conversation_id: int, typing: str | None = None) -> None:
        """Something new lies in a conversation, committed already; or somebody types there, or it has MOVED."""
        self._to_ring.put_nowait(f"{conversation_id} {typing or ''}")

    async def run(self) -> None:
        """Until cancelled: connected, or connecting again. A dead listener says nothing by itself, so it is watched."""
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listener lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=5)
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(self._channel, self._on_notice)
            self._heard(None, None)
            await self._ring_until(connection, ended)
        finally:
            await connection.close(timeout=1)

    async def _ring_until(self, connection: Any, ended: asyncio.Event) -> None:
        over = asyncio.create_task(ended.wait())
        try:
            while not over.done():
                following = asyncio.create_task(self._to_ring.get())
                await asyncio.wait({over, following}, return_when=asyncio.FIRST_COMPLETED)
                if following.done():
                    await self._tell(connection, following.result())
                else:
                    following.cancel()
        finally:
            over.cancel()

    async def _tell(self, connection: Any, notice: str) -> None:
        try:
            await connection.execute(
                "SELECT pg_notify($1, $2)", self._channel, notice, timeout=NOTIFY_SECONDS
            )
        except Exception:
            self._to_ring.put_nowait(notice)  # told again when there is a connection again
            raise

    def _on_notice(self, connection: Any, pid: int, _channel: str, payload: Any) -> None:
        if pid == connection.get_server_pid():
            return  # we rang it ourselves, and knew before
        conversation_id, _, typing = payload.partition(" ")
        self._heard(int(conversation_id), typing or None)
