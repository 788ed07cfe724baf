"""A gateway in this process with a stub Rasa behind it, on real sockets and a real database."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from barev.settings import Settings, load_secrets
from bot import rendering
from bot.app import make_app
from tests.bot.sign_in.hands import Seat, seat
from tests.bot.stub import StubRasa
from tests.crm_store.fixtures import *  # noqa: F403
from tests.crm_store.fixtures import Database
from tests.rig.ports import free_port


@dataclass
class Client:
    """A widget's end of a socket."""

    socket: aiohttp.ClientWebSocketResponse
    token: str = ""

    async def send(self, **frame: Any) -> None:
        await self.socket.send_json(frame)

    async def next(self, kind: str | None = None, timeout: float = 5) -> dict[str, Any]:
        """The next frame, or the next of this type."""
        while True:
            received = await self.socket.receive(timeout=timeout)
            assert received.type is aiohttp.WSMsgType.TEXT, received
            frame: dict[str, Any] = json.loads(received.data)
            if kind in (None, frame["type"]):
                return frame

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Say something and gather every frame until its turn has ended."""
        await self.send(type="message", id=str(uuid.uuid4()), text=text)
        return await self.until_end()

    async def press(self, button: str) -> list[dict[str, Any]]:
        await self.send(type="button", id=str(uuid.uuid4()), button=button)
        return await self.until_end()

    async def until_end(self) -> list[dict[str, Any]]:
        frames = [await self.next()]
        while frames[-1]["type"] not in ("turn_end", "error"):
            frames.append(await self.next())
        return frames


@dataclass
class Gateway:
    """A running gateway, its address, and what stands behind it."""

    settings: Settings
    rasa: StubRasa
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def open(
        self, origin: str | None = None, accept_language: str | None = None
    ) -> aiohttp.ClientWebSocketResponse:
        headers = {} if accept_language is None else {"Accept-Language": accept_language}
        return await self.http.ws_connect(
            f"{self.url}/chat/v1/ws", origin=origin or self.url, headers=headers
        )

    async def visitor(
        self,
        language: str | None = "en",
        token: str | None = None,
        last_seq: int = 0,
        sent: Sequence[str] = (),
    ) -> Client:
        """A socket that has said hello; the welcome message of a new visitor is read already."""
        client = Client(await self.open())
        await client.send(type="hello", token=token, language=language, last_seq=last_seq, sent=list(sent))
        welcome = await client.next("welcome")
        client.token = welcome["token"]
        if token is None:
            await client.next("message")
        return client


@pytest.fixture(scope="session", autouse=True)
def wording_once() -> Iterator[None]:
    """A gateway reads its wording when it starts; a thousand gateways of one process read it once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rendering, "load_wording", cache(rendering.load_wording))
        yield


@pytest.fixture
async def gateway(database: Database, tmp_path: Any) -> AsyncIterator[Gateway]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=database.url,
        database_schema=database.schema,
        port=free_port(),
        rasa_port=free_port(),
        actions_port=free_port(),
        rasa_patience=3,
        messages_per_minute=1000,
        new_conversations_per_hour=1000,
    )
    secrets = load_secrets(settings)
    rasa = StubRasa(secrets.rasa)
    stub, runner = web.AppRunner(rasa.app()), web.AppRunner(make_app(settings, secrets))
    await stub.setup()
    await web.TCPSite(stub, "127.0.0.1", settings.rasa_port).start()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    async with aiohttp.ClientSession() as http:
        yield Gateway(settings, rasa, http)
    await runner.cleanup()
    await stub.cleanup()


@pytest.fixture
async def seats(gateway: Gateway) -> AsyncIterator[Callable[[], Seat]]:
    """Call it for a browser of its own."""
    made: list[Seat] = []

    def new() -> Seat:
        made.append(seat(gateway.url))
        return made[-1]

    yield new
    for one in made:
        await one.http.close()
