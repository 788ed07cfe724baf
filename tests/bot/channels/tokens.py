"""A client whose level rises, and what a token opens: for tests of the tokens of the website channel."""

import json
import uuid

import aiohttp
from sqlalchemy import select

from barev.settings import load_secrets
from crm_store import identity_codes
from crm_store.models import Conversation
from tests.bot.conftest import Client

OPEN = (aiohttp.WSMsgType.TEXT,)


async def talk_of(store) -> Conversation:
    async with store.read() as session:
        return (await session.scalars(select(Conversation).order_by(Conversation.id))).all()[0]


async def ask_code(gateway, store) -> str:
    async with store.write() as session:
        row = await session.get_one(Conversation, (await talk_of(store)).id)
        challenge = await identity_codes.ask_code(session, row, contact="ani@example.com", wanted=None)
    return identity_codes.code_of(challenge, load_secrets(gateway.settings).codes)


async def hello(gateway, token, *, sent=(), last_seq=0) -> Client:
    client = Client(await gateway.open(), token)
    await client.send(type="hello", token=token, sent=list(sent), last_seq=last_seq)
    return client


async def refused(gateway, token, **about) -> bool:
    """Whether this token is told nothing but "unauthorized"."""
    client = await hello(gateway, token, **about)
    frames = []
    while (received := await client.socket.receive(timeout=5)).type in OPEN:
        frames.append(json.loads(received.data))
    return [frame.get("code") for frame in frames] == ["unauthorized"]


async def until_closed(client) -> str:
    """Whatever still came, as one text."""
    came = ""
    while (received := await client.socket.receive(timeout=5)).type in OPEN:
        came += received.data
    assert (received.type, received.data) == (aiohttp.WSMsgType.CLOSE, 1012)
    return came


async def raise_level(gateway, store, client) -> tuple[str, str]:
    """The client types the right code: the new token, and the id of the message."""
    code, id_ = await ask_code(gateway, store), str(uuid.uuid4())
    await client.send(type="message", id=id_, text=code)
    frames = await client.until_end()
    (token,) = [frame["token"] for frame in frames if frame["type"] == "token"]
    kinds = [frame["type"] for frame in frames]
    assert kinds.index("token") < kinds.index("message")  # before anything of the risen level
    return token, id_


async def refused_or_closed(gateway, token) -> bool:
    client = await hello(gateway, token)
    return (await client.next())["type"] != "welcome"
