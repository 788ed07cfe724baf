"""The website channel as a client sees it: welcome, acknowledgement, order, replay, and whether the gateway is well."""

import asyncio
import uuid

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import health
from tests.bot.conftest import Client


async def test_a_new_visitor_is_welcomed_in_the_language_of_the_page(gateway):
    client = Client(await gateway.open())
    await client.send(type="hello", language="ka")
    welcome, first = await client.next(), await client.next()
    assert welcome["type"] == "welcome" and welcome["conversation"]["language"] == "ka"
    assert len(welcome["token"]) >= 22
    assert first["name"] == "utter_welcome" and "გამარჯობა" in first["text"]


async def test_a_message_is_acknowledged_then_shown_then_answered_then_ended(gateway):
    client = await gateway.visitor()
    frames = await client.say("hello")
    assert [frame["type"] for frame in frames] == ["ack", "message", "message", "turn_end"]
    ack, own, answer, end = frames
    assert own["author"] == "shopper" and own["seq"] == ack["seq"]
    assert answer["author"] == "bot" and answer["in_reply_to"] == ack["seq"] == end["in_reply_to"]


async def test_the_same_message_sent_again_is_acknowledged_again_and_taken_once(gateway):
    client = await gateway.visitor()
    frame = {"type": "message", "id": str(uuid.uuid4()), "text": "hello"}
    await client.send(**frame)
    first = (await client.until_end())[0]
    await client.send(**frame)
    assert await client.next() == first
    assert len(gateway.rasa.asked) == 1


async def test_a_message_is_answered_in_the_language_it_is_written_in(gateway):
    client = await gateway.visitor("en")
    frames = await client.say("barev dzez, inchpes eq")
    assert next(f for f in frames if f["type"] == "message" and f["author"] == "bot")["language"] == "hy"


async def test_a_chosen_language_wins_over_what_is_written(gateway):
    client = await gateway.visitor("en")
    await client.send(type="language", language="ka")
    assert (await client.next("status"))["language"] == "ka"
    frames = await client.say("hello there, how are you today")
    assert next(f for f in frames if f["type"] == "message" and f["author"] == "bot")["language"] == "ka"


async def test_after_a_reconnect_only_what_was_missed_is_sent(gateway):
    client = await gateway.visitor()
    frames = await client.say("hello")
    seen = max(frame.get("seq", 0) for frame in frames)
    again = await gateway.visitor(token=client.token, last_seq=seen)
    await again.say("once more")
    third = Client(await gateway.open())
    await third.send(type="hello", token=client.token, last_seq=seen)
    assert (await third.next("welcome"))["last_seq"] == seen + 2
    assert [(await third.next("message"))["seq"] for _ in range(2)] == [seen + 1, seen + 2]


async def test_two_tabs_show_the_same(gateway):
    one = await gateway.visitor()
    two = await gateway.visitor(token=one.token, last_seq=99)
    await one.say("hello")
    shown = [await two.next("message") for _ in range(2)]
    assert [frame["author"] for frame in shown] == ["shopper", "bot"]


async def test_a_disconnect_in_the_middle_of_a_turn_loses_nothing(gateway):
    gateway.rasa.delay = 0.3
    client = await gateway.visitor()
    await client.send(type="message", id=str(uuid.uuid4()), text="hello")
    ack = await client.next("ack")
    await client.socket.close()
    await asyncio.sleep(0.8)
    again = Client(await gateway.open())
    await again.send(type="hello", token=client.token, last_seq=ack["seq"])
    assert (await again.next("message"))["in_reply_to"] == ack["seq"]


async def test_older_messages_come_when_they_are_asked_for(gateway):
    client = await gateway.visitor()
    for number in range(3):
        await client.say(f"hello {number}")
    await client.send(type="history", before=4)
    older = await client.next("history")
    assert [message["seq"] for message in older["messages"]] == [1, 2, 3]


async def test_ten_messages_at_once_are_answered_in_order(gateway):
    gateway.rasa.delay = 0.02
    client = await gateway.visitor()
    for number in range(10):
        await client.send(type="message", id=str(uuid.uuid4()), text=f"message number {number}")
    ended = []
    while len(ended) < 10:
        frame = await client.next()
        if frame["type"] == "turn_end":
            ended.append(frame["in_reply_to"])
    assert ended == sorted(ended)
    assert [turn["text"] for turn in gateway.rasa.asked] == [f"message number {n}" for n in range(10)]


async def test_the_gateway_says_whether_it_is_well(gateway):
    async with gateway.http.get(f"{gateway.url}/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_figures_are_told_where_only_this_machine_can_ask(gateway):
    async with gateway.http.get(f"{gateway.url}/metrics") as answer:
        assert answer.status == 200 and "barev_open_sockets" in await answer.text()


@pytest.mark.parametrize(
    ("given", "status"), [("", 404), ("Bearer wrong", 404), ("Bearer ներիր", 404), ("Bearer right", 200)]
)
async def test_with_a_public_address_figures_want_their_key(store, given, status):
    app = web.Application()
    app.add_routes(health.routes(store, key="right"))
    async with TestClient(TestServer(app)) as client:
        headers = {"Authorization": given.encode().decode("latin-1")}
        async with client.get("/metrics", headers=headers if given else {}) as answer:
            assert answer.status == status


async def test_a_socket_that_can_show_nothing_any_more_is_closed(gateway, monkeypatch):
    client = await gateway.visitor()

    async def broken(*args, **kwargs):
        raise OSError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr("bot.sign_in.visitors.news", broken)
        await client.send(type="message", id=str(uuid.uuid4()), text="hello")
        while (received := await client.socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert received.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    again = Client(await gateway.open())
    await again.send(type="hello", token=client.token, last_seq=1)
    assert (await again.next("message"))["text"] == "hello"


async def test_a_page_that_says_nothing_is_let_go_and_keeps_its_token(gateway, monkeypatch):
    monkeypatch.setattr("bot.channels.website.HELLO_SECONDS", 0.1)
    socket = await gateway.open()
    assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
