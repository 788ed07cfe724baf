"""Rasa's answers are read strictly: anything but a whole turn is an error the gateway can act on."""

import sys

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from barev.language import without_commands
from bot.rasa_client import EmptyTurn, RasaClient, RasaUnavailable
from tests.bot.stub import StubRasa

SECRET = "s" * 40
NULL_REPLY = '{"replies": [null], "turn_end": "7"}'
ODD_INTENT = '{"replies": [{"name": "utter_x"}], "turn_end": "7", "intent": "greet"}'
ABOUT = {"sender": "abc.1", "message_id": "7", "language": "hy"}


@pytest.fixture
async def stub():
    return StubRasa(SECRET)


@pytest.fixture
async def client(stub):
    async with TestServer(stub.app()) as server:
        client = RasaClient(str(server.make_url("")).rstrip("/"), SECRET)
        await client.open()
        yield client
        await client.close()


async def test_a_turn_brings_replies_with_names_values_cards_and_choices(stub, client):
    values = {"number": "BR-1", "card": {"kind": "order"}, "choices": [{"name": "utter_button_help"}]}
    stub.script = lambda turn: [
        {"name": "utter_x", "values": values, "text": "x"},
        {"name": None, "text": "y"},
    ]
    said = await client.say("hello", **ABOUT)
    first, second = said.replies
    assert (first.name, first.values, first.card) == ("utter_x", {"number": "BR-1"}, {"kind": "order"})
    assert first.choices == [{"name": "utter_button_help"}]
    assert (second.name, second.text) == (None, "y")


async def test_every_turn_names_its_sender_message_and_language(stub, client):
    await client.say("hello", metadata={"source": "abc"}, **ABOUT)
    (asked,) = stub.asked
    assert (asked["sender"], asked["id"], asked["language"]) == ("abc.1", "7", "hy")
    assert asked["metadata"] == {"source": "abc", "language": "hy", "message_id": "7"}


@pytest.mark.parametrize(
    "answer",
    [
        [],
        500,
        401,
        "not json",
        '{"replies": [{"name": "utter_x"}], "turn_end": "6"}',
        "[]",
        NULL_REPLY,
        ODD_INTENT,
    ],
)
async def test_anything_but_a_whole_turn_is_an_empty_turn(stub, client, answer):
    stub.script = lambda turn: answer
    with pytest.raises(EmptyTurn):
        await client.say("hello", **ABOUT)


async def test_nobody_there_is_not_a_failed_turn():
    client = RasaClient("http://127.0.0.1:1", SECRET)
    await client.open()
    with pytest.raises(RasaUnavailable):
        await client.say("hello", **ABOUT)
    await client.close()


async def test_a_rasa_that_is_loading_can_be_asked_again(stub, client):
    stub.script = lambda turn: 503
    with pytest.raises(RasaUnavailable):
        await client.say("hello", **ABOUT)


async def test_a_connection_that_breaks_in_the_middle_can_be_asked_again():
    async def cut(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.abort()
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/gateway/turn", cut)
    async with TestServer(app) as server:
        client = RasaClient(str(server.make_url("")).rstrip("/"), SECRET)
        await client.open()
        with pytest.raises(RasaUnavailable):
            await client.say("hello", **ABOUT)
        await client.close()


SPACES = [chr(point) for point in range(sys.maxunicode + 1) if chr(point).isspace()]


def test_no_kind_of_space_lets_a_command_through():
    for space in SPACES:
        for typed in (f"{space}/restart", f"/{space}/restart", f"{space}{space}//session_start", f"/{space}"):
            assert not without_commands(typed).strip().startswith("/")


def test_what_people_type_otherwise_is_left_as_it_is():
    assert without_commands("BR-104217 and/or BR-104218") == "BR-104217 and/or BR-104218"
