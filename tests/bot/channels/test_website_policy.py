"""Every frame of the website channel × who sends it: the whole matrix. A new type needs a line in FRAMES."""

from __future__ import annotations

import json
import typing
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels import frames
from crm_store import conversations_buttons
from crm_store.db import Store
from crm_store.models import Conversation, Message
from tests.bot.conftest import Client, Gateway
from tests.bot.desk.hands import Waiting, agent, wait_for_person
from tests.bot.sign_in.hands import Seat, member

Seats = Callable[[], Seat]

ROLES = ("agent", "lead", "owner")
FRAMES: dict[str, tuple[dict[str, Any], str]] = {
    "hello": ({"token": None, "language": "en", "last_seq": 0}, "first"),
    "message": ({"text": "hello"}, "own"),
    "button": ({"button": "nobodys"}, "own"),
    "language": ({"language": "ka"}, "own"),
    "history": ({"before": 10}, "own"),
    "typing": ({}, "own"),
    "read": ({"seq": 1}, "own"),
}
"""Every type of a client's frame: the rest of it, and whether it opens a conversation or needs one's own."""


def test_every_type_of_frame_has_its_line() -> None:
    types = {
        typing.get_args(model.model_fields["type"].annotation)[0] for model in typing.get_args(frames.Frame)
    }
    assert set(FRAMES) == types


@pytest.mark.parametrize("asker", ["none", "stranger", "agent", "lead", "owner"])
@pytest.mark.parametrize("kind", FRAMES)
async def test_a_frame_of_nobody_opens_nothing(
    gateway: Gateway, seats: Seats, store: Store, kind: str, asker: str
) -> None:
    """Also of staff: no cookie means anything here, only the token of the first frame."""
    rest, needs = FRAMES[kind]
    first, seat = {"type": kind, "id": str(uuid.uuid4()), **rest}, seats()
    if asker in ROLES:
        await member(store, asker)
        assert (await seat.sign_in(f"{asker}@shop.example")).status == 303
        assert (await seat.get("/desk")).status == 200
    elif asker == "stranger":
        first |= {"token": "x" * 43}  # one that was never given out
    before = await talks(store)
    client = Client(await seat.http.ws_connect(f"{gateway.url}/chat/v1/ws", origin=gateway.url))
    await client.send(**first)
    if needs == "first" and asker != "stranger":
        assert (await client.next())["type"] == "welcome"
        assert (await client.next())["name"] == "utter_welcome"  # of a conversation of its own
        assert await talks(store) == before + 1
    else:
        assert (await client.next())["code"] == "unauthorized"
        assert await talks(store) == before


@pytest.mark.parametrize("kind", FRAMES)
async def test_a_frame_reaches_the_conversation_of_its_token_only(
    gateway: Gateway, store: Store, kind: str
) -> None:
    """A visitor and another one, both with an agent, so that each type does all that it can. The frame names the other
    in every way that a careless reader might obey."""
    visitor = await wait_for_person(gateway, store, "of the visitor", "en")
    other = await wait_for_person(gateway, store, "of the other", "en")
    mariam = await agent(gateway.url, store, "Mariam")
    desk, others_desk = await mariam.desk(), await mariam.desk()
    await desk.take(visitor.id)
    await others_desk.take(other.id)
    async with store.write() as session:
        row = await session.get_one(Conversation, other.row_id)
        await conversations_buttons.offer(session, row, title="Theirs", intent="ask_help", token="theirs")
    await quiet(visitor.client)
    await quiet(other.client)
    before = await kept(store, other)

    client = Client(await gateway.open()) if kind == "hello" else visitor.client
    rest = {**FRAMES[kind][0], **({"button": "theirs"} if kind == "button" else {})}
    named = {"conversation": other.id, "conversation_id": other.row_id}
    await client.send(**{"type": kind, "id": str(uuid.uuid4()), **rest, **named})
    came = await quiet(client)

    assert "of the other" not in json.dumps(came)
    assert await kept(store, other) == before
    assert await quiet(other.client) == []
    match kind:
        case "hello":
            assert [frame["type"] for frame in came] == ["welcome", "message"]
            assert "of the visitor" not in json.dumps(came)
        case "message":
            assert [frame["text"] for frame in came if frame["type"] == "message"] == ["hello"]
        case "button":
            assert [frame.get("code") for frame in came] == ["expired_button"]
        case "language":
            assert [frame["language"] for frame in came] == ["ka"]
        case "history":
            assert "of the visitor" in json.dumps(came)
        case "typing":
            assert (await desk.next("typing"))["conversation"] == visitor.id
        case "read":
            assert came == []
    assert await others_desk.silent("typing", 0.2)
    await mariam.seat.http.close()


async def talks(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count(Conversation.id))) or 0


async def kept(store: Store, whose: Waiting) -> list[Any]:
    """Everything that stands in the store of this conversation."""
    async with store.read() as session:
        talk = select(Conversation.__table__).where(Conversation.id == whose.row_id)
        said = select(Message.__table__).where(Message.conversation_id == whose.row_id).order_by(Message.seq)
        return [tuple(row) for query in (talk, said) for row in await session.execute(query)]


async def quiet(client: Client, seconds: float = 0.3) -> list[dict[str, Any]]:
    """What comes until nothing comes for so long."""
    came: list[dict[str, Any]] = []
    while True:
        try:
            came.append(await client.next(timeout=seconds))
        except TimeoutError:
            return came
