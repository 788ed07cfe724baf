"""After a rise in level only the client that raised it goes on: it gets a new token, and the old one opens nothing."""

import asyncio
import uuid

import pytest
from sqlalchemy import select

from bot.channels.website import NEW_TOKENS_PER_HOUR
from crm_store import conversations, identity
from crm_store.models import Conversation, Message, VisitorToken
from tests.bot.channels.tokens import (
    ask_code,
    hello,
    raise_level,
    refused,
    refused_or_closed,
    talk_of,
    until_closed,
)
from tests.bot.conftest import Client
from tests.crm_store import people


async def test_a_right_code_brings_a_new_token_and_the_old_one_opens_nothing(gateway, store, client):
    old = client.token
    token, _ = await raise_level(gateway, store, client)
    assert token != old and (await client.say("hello"))[-1]["type"] == "turn_end"
    assert await refused(gateway, old)
    again = await hello(gateway, token)
    assert (await again.next("welcome"))["token"] == token
    async with store.read() as session:
        assert await identity.level(session, await talk_of(store)) == 2


async def test_a_wrong_code_keeps_the_token(gateway, store, client):
    code = await ask_code(gateway, store)
    frames = await client.say(f"{(int(code) + 1) % 1_000_000:06}")
    assert "token" not in [frame["type"] for frame in frames]
    assert not await refused_or_closed(gateway, client.token)


async def test_a_matched_order_brings_a_new_token_in_the_middle_of_the_turn(gateway, store, ani, client):
    """As the action of another process does it, while Rasa is asked."""
    gateway.rasa.delay = 0.5
    copied = await hello(gateway, client.token, last_seq=99)
    await copied.next("welcome")
    await client.send(type="message", id=str(uuid.uuid4()), text="BR-1, ani@example.com")
    seq = (await client.next("ack"))["seq"]
    async with store.write() as session:
        order = await people.order(session, ani)
        row = await session.get_one(Conversation, (await talk_of(store)).id)
        await identity.grant_order(session, row, customer_id=ani.id, order_id=order.id, seq=seq)
    token = (await client.next("token"))["token"]
    assert (await client.next("message"))["in_reply_to"] == seq
    assert '"utter_greet"' not in await until_closed(copied)
    assert await refused(gateway, client.token)
    assert not await refused_or_closed(gateway, token)


async def test_who_copied_the_token_before_sees_nothing_of_it_and_can_say_nothing(gateway, store, client):
    thief = await hello(gateway, client.token, last_seq=99)
    await thief.next("welcome")
    own = str(uuid.uuid4())
    await thief.send(type="message", id=own, text="I was here")
    await thief.until_end()
    await client.until_end()
    await raise_level(gateway, store, client)
    came = await until_closed(thief)
    assert "utter_code_right" not in came and "••••••" not in came
    assert await refused(gateway, client.token, sent=[own, str(uuid.uuid4())])


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message", "id": str(uuid.UUID(int=1)), "text": "how many points?"},
        {"type": "history", "before": 1000},
        {"type": "language", "language": "ka"},
    ],
)
async def test_a_socket_that_was_not_woken_yet_can_do_nothing_either(gateway, store, ani, client, frame):
    """The commit of the rise is enough: this gateway has not heard of it."""
    async with store.write() as session:
        row = await session.get_one(Conversation, (await talk_of(store)).id)
        await conversations.accept(session, row, text="hello", external_id="elsewhere")
        await identity.grant_customer(session, row, customer_id=ani.id, method="code", seq=row.last_seq)
        await conversations.tell(session, row, conversations.Line("You have 777 points."))
    await client.send(**frame)
    assert "777" not in await until_closed(client)
    async with store.read() as session:
        rows = await session.scalars(select(Message.text).where(Message.author == "shopper"))
        assert list(rows) == ["hello"]
    assert (await talk_of(store)).language == "en" and gateway.rasa.asked == []


async def test_a_second_tab_of_the_same_browser_comes_back_with_the_new_token(gateway, store, client):
    tab = await hello(gateway, client.token, last_seq=99)
    await tab.next("welcome")
    token, _ = await raise_level(gateway, store, client)
    await until_closed(tab)
    tab = await hello(gateway, token, last_seq=1)
    assert (await tab.next("welcome"))["token"] == token
    assert (await tab.next("message"))["text"] == "••••••"
    await tab.say("hello")
    assert (await client.next("turn_end"))["type"] == "turn_end"


async def test_a_client_that_lost_the_frame_comes_back_by_what_it_sent(gateway, store, client):
    code, id_ = await ask_code(gateway, store), str(uuid.uuid4())
    await client.send(type="message", id=id_, text=code)
    await client.socket.close()  # nothing was read
    await asyncio.sleep(0.3)
    assert await refused(gateway, client.token)
    assert await refused(gateway, client.token, sent=[str(uuid.uuid4())])
    back = await hello(gateway, client.token, sent=[str(uuid.uuid4()), id_], last_seq=1)
    welcome = await back.next("welcome")
    assert welcome["token"] != client.token
    await back.send(type="message", id=id_, text=code)
    assert (await back.next("ack"))["id"] == id_
    assert (await back.say("hello"))[-1]["type"] == "turn_end"
    assert not await refused_or_closed(gateway, welcome["token"])


async def test_every_rise_brings_a_new_token(gateway, store, client):
    first, _ = await raise_level(gateway, store, client)
    second, _ = await raise_level(gateway, store, client)
    assert len({client.token, first, second}) == 3
    assert await refused(gateway, client.token) and await refused(gateway, first)
    assert not await refused_or_closed(gateway, second)


@pytest.mark.parametrize("sent", [["no uuid"], "x", [str(uuid.UUID(int=n)) for n in range(21)]])
async def test_a_list_of_another_shape_is_a_bad_frame(gateway, client, sent):
    again = Client(await gateway.open())
    await again.send(type="hello", token=client.token, sent=sent)
    assert (await again.next())["code"] == "bad_frame"


async def test_new_tokens_for_one_that_was_replaced_are_counted(gateway, store, client):
    token, id_ = await raise_level(gateway, store, client)
    for _ in range(NEW_TOKENS_PER_HOUR):
        back = await hello(gateway, client.token, sent=[id_], last_seq=99)
        assert (await back.next())["type"] == "welcome"
        await back.socket.close()
        await asyncio.sleep(0.01)
    more = await hello(gateway, client.token, sent=[id_], last_seq=99)
    assert (await more.next())["code"] == "slow_down"
    async with store.read() as session:
        rows = (await session.scalars(select(VisitorToken))).all()
    assert len(rows) == NEW_TOKENS_PER_HOUR + 2
    assert not await refused_or_closed(gateway, token)  # who has the new one is not in the way of that
