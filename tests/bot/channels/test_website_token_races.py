"""A token is judged and renewed in one write: whoever asks in the middle of somebody else's rise is judged by it."""

import asyncio
import uuid
from collections import deque
from contextlib import asynccontextmanager

from sqlalchemy import select

from bot.channels.website_screen import Screen
from bot.live import Live
from bot.sign_in import visitors
from crm_store import conversations, identity
from crm_store.models import Conversation, VisitorToken
from tests.bot.channels.tokens import (
    hello,
    talk_of,
)
from tests.crm_store import people


@asynccontextmanager
async def a_rise_on_its_way(store, ani):
    """Who copied the token has raised the level himself, by an order and the message THEIRS; the owner of the chat has
    typed the right code, and that is not committed before the block ends."""
    async with store.write() as session:
        order = await people.order(session, ani)
        row = await session.get_one(Conversation, (await talk_of(store)).id)
        message, _ = await conversations.accept(session, row, text="BR-1", external_id=THEIRS)
        ids = {"customer_id": ani.id, "seq": message.seq}
        await identity.grant_order(session, row, order_id=order.id, **ids)
    async with store.write() as session:
        row = await session.get_one(Conversation, row.id)
        message, _ = await conversations.accept(session, row, text="••••••", external_id=str(uuid.uuid4()))
        ids = {"customer_id": ani.id, "seq": message.seq}
        await identity.grant_customer(session, row, method="code", **ids)
        await session.flush()
        yield


THEIRS = str(uuid.UUID(int=7))


async def test_a_hello_during_somebody_elses_rise_gets_no_token(gateway, store, ani, client):
    async with a_rise_on_its_way(store, ani):
        thief = await hello(gateway, client.token, sent=[THEIRS])
        await asyncio.sleep(0.3)  # judged by what was true before
    assert (await thief.next())["code"] == "unauthorized"
    await no_token_holds(store)


async def test_a_socket_that_renews_its_token_during_somebody_elses_rise_is_let_go(store, ani, client):
    socket, live = Silent(), Live()
    talk = await talk_of(store)
    async with a_rise_on_its_way(store, ani):
        screen = Screen(socket, store, talk, client.token, deque([THEIRS]), last_seq=99)
        woken = live.join(talk.id)
        woken.set()
        pushing = asyncio.create_task(screen.push(woken))
        await asyncio.sleep(0.3)
    await asyncio.wait_for(pushing, 5)
    assert socket.sent == [] and socket.closed == 1012
    await no_token_holds(store)


class Silent:
    """A socket that keeps what it is given."""

    def __init__(self) -> None:
        self.sent, self.closed = [], None

    async def send_json(self, frame) -> None:
        self.sent.append(frame)

    async def close(self, *, code, message) -> None:
        self.closed = code


async def no_token_holds(store) -> None:
    async with store.read() as session:
        assert not (
            await session.scalars(select(VisitorToken).where(VisitorToken.replaced_at.is_(None)))
        ).all()


async def test_a_token_is_given_out_while_the_conversation_is_held(store, ani, client):
    """The rule itself: whoever asks in the middle of a rise waits for it, and is judged by it."""

    async def renew() -> str | None:
        async with store.write() as session:
            return (await visitors.renewed(session, client.token, sent=[THEIRS]))[0]

    async with a_rise_on_its_way(store, ani):
        asking = asyncio.create_task(renew())
        await asyncio.sleep(0.3)
        assert not asking.done()
    assert await asking is None
