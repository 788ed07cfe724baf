"""An agent's end of the desk socket, and shoppers who wait for one."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp

from crm_store import conversations, handoffs
from crm_store.db import Store
from crm_store.models import Conversation, Staff
from tests.bot.conftest import Client, Gateway
from tests.bot.sign_in.hands import Seat, member, seat


@dataclass
class Desk:
    """An open desk socket."""

    socket: aiohttp.ClientWebSocketResponse

    async def send(self, type: str, conversation: str | None = None, **more: Any) -> None:
        await self.socket.send_json({"type": type, "conversation": conversation, **more})

    async def next(self, kind: str, timeout: float = 5, **like: Any) -> dict[str, Any]:
        """The next frame of this type in which these fields have these values."""
        while not like.items() <= (frame := await self.first(kind, timeout=timeout)).items():
            pass
        return frame

    async def first(self, *kinds: str, timeout: float = 5) -> dict[str, Any]:
        """The next frame of one of these types."""
        while True:
            received = await self.socket.receive(timeout=timeout)
            assert received.type is aiohttp.WSMsgType.TEXT, received
            frame: dict[str, Any] = json.loads(received.data)
            if frame["type"] in kinds:
                return frame

    async def ask(self, type: str, conversation: str | None, kind: str, **more: Any) -> dict[str, Any]:
        await self.send(type, conversation, **more)
        return await self.next(kind)

    async def take(self, conversation: str) -> None:
        """Open and take it."""
        await self.ask("open", conversation, "conversation")
        await self.send("take", conversation)
        await self.next("state", mine=True)

    async def answer(self, conversation: str, text: str) -> dict[str, Any]:
        return await self.ask("message", conversation, "ack", id=str(uuid.uuid4()), text=text)

    async def rows(self) -> list[dict[str, Any]]:
        return (await self.next("list"))["rows"]

    async def silent(self, kind: str, seconds: float = 0.5) -> bool:
        """Whether no frame of this type comes."""
        try:
            await self.next(kind, timeout=seconds)
        except TimeoutError:
            return True
        return False


@dataclass
class Agent:
    """Somebody who has signed in."""

    person: Staff
    seat: Seat

    async def desk(self) -> Desk:
        at = f"{self.seat.url}/desk/v1/ws"
        return Desk(await self.seat.http.ws_connect(at, origin=self.seat.origin))


@dataclass
class Waiting:
    """A shopper and their conversation."""

    client: Client
    id: str
    row_id: int


async def agent(
    url: str, store: Store, name: str, *, role: str = "agent", language: str = "en", public_url: str = ""
) -> Agent:
    person = await member(store, role, email=f"{name.lower()}@shop.example", language=language)
    async with store.write() as session:
        (await session.get_one(Staff, person.id)).name = name
    one = seat(url, public_url)
    answer = await one.sign_in(person.email)
    assert answer.status == 303, answer.status
    return Agent(person, one)


async def wait_for_person(gateway: Gateway, store: Store, text: str, language: str) -> Waiting:
    """The shopper asks, the action puts the conversation into the waiting list, and the bot says so."""
    found: list[Conversation] = []
    before = gateway.rasa.script

    async def hand_off(turn: dict[str, Any]) -> list[dict[str, Any]]:
        async with store.write() as session:
            public_id = turn["sender"].rpartition(".")[0]
            conversation = await conversations.by_public_id(session, public_id, lock=True)
            assert conversation
            found.append(conversation)
            await handoffs.ask(session, conversation, reason="asked_for_person")
        return [{"name": "utter_handed_off"}]

    gateway.rasa.script = hand_off
    client = await gateway.visitor(language)
    await client.say(text)
    gateway.rasa.script = before
    return Waiting(client, found[-1].public_id, found[-1].id)
