"""Two gateways on one PostgreSQL: what is said at one is shown at the other, and each message is answered once."""

import asyncio
import uuid

import pytest
from aiohttp import web

from barev.settings import load_secrets
from bot.app import make_app
from tests.bot.conftest import Client, Gateway
from tests.bot.desk.hands import agent, wait_for_person
from tests.crm_store.fixtures import on_postgresql
from tests.rig.ports import free_port


@pytest.fixture
async def other(gateway):
    settings = gateway.settings.model_copy(update={"port": free_port()})
    runner = web.AppRunner(make_app(settings, load_secrets(settings)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    await asyncio.sleep(0.5)  # until both listen
    yield Gateway(settings, gateway.rasa, gateway.http)
    await runner.cleanup()


@on_postgresql
async def test_a_tab_at_the_other_gateway_shows_the_same_at_once(gateway, other):
    here = await gateway.visitor()
    there = await other.visitor(token=here.token, last_seq=1)
    await here.say("hello")
    shown = [await there.next("message", timeout=5) for _ in range(2)]
    assert [frame["author"] for frame in shown] == ["shopper", "bot"]


@on_postgresql
async def test_messages_sent_to_both_at_once_are_answered_once_each_and_in_order(gateway, other):
    gateway.rasa.delay = 0.02
    here = await gateway.visitor()
    there = await other.visitor(token=here.token, last_seq=1)

    async def send(client: Client) -> None:
        for number in range(10):
            await client.send(type="message", id=str(uuid.uuid4()), text=f"message number {number}")
            await asyncio.sleep(0.01)

    await asyncio.gather(send(here), send(there))
    ended: list[int] = []
    while len(ended) < 20:
        frame = await here.next(timeout=20)
        if frame["type"] == "turn_end":
            ended.append(frame["in_reply_to"])
    assert ended == sorted(ended)
    assert len(gateway.rasa.asked) == len({turn["id"] for turn in gateway.rasa.asked}) == 20


@on_postgresql
async def test_an_agent_at_the_other_gateway_sees_who_waits_types_and_answers_at_once(gateway, other, store):
    shopper = await wait_for_person(gateway, store, "I want a person", "en")
    mariam = await agent(other.url, store, "Mariam")
    try:
        desk = await mariam.desk()
        await desk.take(shopper.id)
        await desk.send("typing", shopper.id)
        await shopper.client.next("typing", timeout=3)
        await desk.answer(shopper.id, "Hello")
        while (await shopper.client.next("message", timeout=3))["text"] != "Hello":
            pass
        await shopper.client.send(type="message", id=str(uuid.uuid4()), text="thank you")
        await desk.next("message", timeout=3, text="thank you")
        await shopper.client.send(type="typing")
        await desk.next("typing", timeout=3)
    finally:
        await mariam.seat.http.close()


@on_postgresql
async def test_who_waits_at_one_gateway_moves_up_when_an_agent_at_the_other_takes_the_first(
    gateway, other, store
):
    first = await wait_for_person(gateway, store, "I was here first", "en")
    second = await wait_for_person(gateway, store, "I came later", "en")
    while (await second.client.next("status", timeout=3))["queue"] != 2:
        pass
    asked = len(gateway.rasa.asked)
    mariam = await agent(other.url, store, "Mariam")
    try:
        await (await mariam.desk()).take(first.id)
        assert (await second.client.next("status", timeout=3))["queue"] == 1
        assert len(gateway.rasa.asked) == asked  # only its socket looked: there was nothing to be answered
    finally:
        await mariam.seat.http.close()
