"""A one-time code in the chat: judged once, written nowhere, and then what was wanted is answered."""

import asyncio
import json
import uuid
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from barev.settings import load_secrets
from crm_store import conversations_waiting, identity, identity_codes
from crm_store.models import Assurance, Base, Conversation, Customer, Message
from tests.crm_store import people

WANTED = {"intent": "ask_points_balance", "entities": {}}


@pytest.fixture
async def ani(store):
    async with store.write() as session:
        await people.nino(session)
        return await people.ani(session)


@pytest.fixture
async def client(gateway, ani):
    gateway.rasa.script = lambda turn: [{"name": "utter_greet", "values": {}}]
    return await gateway.visitor()


async def talk_of(store, n=-1) -> Conversation:
    async with store.read() as session:
        return (await session.scalars(select(Conversation).order_by(Conversation.id))).all()[n]


async def ask(gateway, store, contact="ani@example.com", talk=None) -> str:
    """What the action does when the shopper has given an address; the right digits."""
    talk = talk or await talk_of(store)
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact=contact, wanted=WANTED)
    return identity_codes.code_of(challenge, load_secrets(gateway.settings).codes)


def answers(frames):
    return [f for f in frames if f["type"] == "message" and f["author"] == "bot"]


def names(frames):
    return [f["name"] for f in answers(frames)]


def own(frames):
    return next(f["text"] for f in frames if f["type"] == "message" and f["author"] == "shopper")


async def level(store, talk):
    async with store.read() as session:
        return await identity.level(session, await session.get_one(Conversation, talk.id))


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_after_the_right_code_rasa_is_told_what_was_wanted(gateway, store, client):
    await client.say("how many points?")
    code = await ask(gateway, store)
    frames = await client.say(f"it is {code[:3]} {code[3:]}")
    assert names(frames) == ["utter_code_right", "utter_greet"]
    assert own(frames) == "it is ••••••"
    assert gateway.rasa.asked[-1]["tell"] == WANTED and gateway.rasa.asked[-1].get("text") is None
    assert await level(store, await talk_of(store)) == 2


async def test_the_right_code_is_said_to_be_right_also_when_rasa_fails(gateway, store, client):
    code = await ask(gateway, store)
    gateway.rasa.script = lambda turn: 500
    assert names(await client.say(code)) == ["utter_code_right", "utter_fallback"]


async def test_wrong_codes_are_answered_without_rasa(gateway, store, client):
    code = await ask(gateway, store)
    before = len(gateway.rasa.asked)
    frames = [await client.say(wrong(code)) for _ in range(6)] + [await client.say(code)]
    assert [names(f) for f in frames] == [["utter_code_wrong"]] * 4 + [["utter_code_too_many"]] * 3
    assert "4 tries left" in answers(frames[0])[0]["text"] and "1 try left" in answers(frames[3])[0]["text"]
    assert {own(f) for f in frames} == {"••••••"}
    assert len(gateway.rasa.asked) == before
    assert await level(store, await talk_of(store)) == 0


async def test_a_late_code_and_one_used_twice_are_refused(gateway, store, client, move_clock):
    code = await ask(gateway, store)
    await client.say(code)
    again = await client.say(code)
    assert (names(again), own(again)) == (["utter_code_expired"], "••••••")
    code = await ask(gateway, store)
    move_clock(timedelta(minutes=10, seconds=1))
    assert names(await client.say(code)) == ["utter_code_expired"]
    async with store.read() as session:
        assert len((await session.scalars(select(Assurance))).all()) == 1


async def test_a_code_belongs_to_the_conversation_that_asked(gateway, store, client):
    code = await ask(gateway, store)
    talk = await talk_of(store)
    thief = await gateway.visitor()
    assert await ask(gateway, store, talk=await talk_of(store)) != code
    assert names(await thief.say(code)) == ["utter_code_wrong"]
    assert await level(store, await talk_of(store)) == 0
    assert names(await client.say(code))[0] == "utter_code_right"
    assert await level(store, talk) == 2


async def test_sixty_four_at_once_succeed_once(gateway, store, client):
    """From four tabs; those that did not raise the level are closed as soon as it has risen."""
    code = await ask(gateway, store)
    tabs = [client] + [await gateway.visitor(token=client.token) for _ in range(3)]
    sent = [
        asyncio.create_task(tab.send(type="message", id=str(uuid.uuid4()), text=code))
        for tab in tabs
        for _ in range(16)
    ]
    await asyncio.gather(*sent, return_exceptions=True)  # a closed one takes no more
    taken = await asyncio.gather(*(acknowledged(tab, 16) for tab in tabs))
    talk = await talk_of(store)
    async with store.read() as session, asyncio.timeout(10):
        while await conversations_waiting.next_unanswered(session, talk.id):
            await asyncio.sleep(0.05)
            await session.rollback()
        said = list(await session.scalars(select(Message.name).where(Message.name.like("utter_code%"))))
        assert len((await session.scalars(select(Assurance))).all()) == 1
    assert said.count("utter_code_right") == 1 and said.count("utter_code_expired") == len(said) - 1
    assert max(taken) == 16 <= len(said) == sum(taken)


async def acknowledged(tab, most) -> int:
    """How many of so many messages were taken in before the tab was closed."""
    taken = 0
    while taken < most:
        received = await tab.socket.receive(timeout=10)
        if received.type is not aiohttp.WSMsgType.TEXT:
            break
        taken += json.loads(received.data)["type"] == "ack"
    return taken


async def test_the_same_message_sent_twice_is_one_try(gateway, store, client):
    code = await ask(gateway, store)
    frame = {"type": "message", "id": str(uuid.uuid4()), "text": wrong(code)}
    await client.send(**frame)
    await client.until_end()
    await client.send(**frame)
    await client.next("ack")
    assert "3 tries left" in answers(await client.say(wrong(code)))[0]["text"]


@pytest.mark.parametrize("typed", ["BR-104217", "#104217", "091 123456", "12345", "hello"])
async def test_other_numbers_go_to_rasa_as_they_are(gateway, store, client, typed):
    await ask(gateway, store)
    frames = await client.say(typed)
    assert (names(frames), own(frames)) == (["utter_greet"], typed)
    assert gateway.rasa.asked[-1]["text"] == typed


async def test_six_digits_are_a_number_where_no_code_was_asked_for(gateway, client):
    frames = await client.say("104217")
    assert own(frames) == "104217" and gateway.rasa.asked[-1]["text"] == "104217"


async def test_six_digits_answer_a_form_that_asks_for_a_number_but_are_still_a_try(gateway, store, client):
    gateway.rasa.form = "order_form"
    await client.say("where is my order?")
    code = await ask(gateway, store)
    frames = await client.say(wrong(code))
    assert own(frames) == wrong(code) and gateway.rasa.asked[-1]["text"] == wrong(code)
    right = await client.say(code)
    assert (names(right)[0], own(right)) == ("utter_code_right", "••••••")
    dead = await client.say(code)
    assert (names(dead), own(dead)) == (["utter_code_expired"], "••••••")


async def test_while_a_person_answers_the_code_counts_and_the_bot_is_silent(gateway, store, client):
    code = await ask(gateway, store)
    talk = await talk_of(store)
    async with store.write() as session:
        (await session.get_one(Conversation, talk.id)).status = "agent"
    frames = await client.say(code)
    assert (names(frames), own(frames)) == ([], "••••••")
    assert await level(store, talk) == 2


async def test_the_code_stands_in_no_table_no_log_and_no_question_to_rasa(gateway, store, client, caplog):
    code = await ask(gateway, store)
    with capture_logs() as logs:
        await client.say(wrong(code))
        gateway.rasa.script = lambda turn: 500
        await client.say(f"mine: {code}")
        await client.say(code)
    assert logs and code not in repr(logs) + caplog.text
    async with store.read() as session:
        rows = [tuple(row) for t in Base.metadata.sorted_tables for row in await session.execute(select(t))]
        assert any("mine: ••••••" in repr(row) for row in rows)
    assert code not in repr(rows)
    assert code not in json.dumps(gateway.rasa.asked)
    if store.is_sqlite:
        files = [path for path in gateway.settings.data_dir.rglob("*") if path.is_file()]
        assert files and not [path for path in files if code.encode() in path.read_bytes()]


async def test_a_code_without_a_wish_is_only_said_to_be_right(gateway, store, client):
    talk = await talk_of(store)
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact="ani@example.com", wanted=None)
    code = identity_codes.code_of(challenge, load_secrets(gateway.settings).codes)
    assert names(await client.say(code)) == ["utter_code_right"]
    async with store.read() as session:
        row = await session.get_one(Conversation, talk.id)
        assert await conversations_waiting.next_unanswered(session, row.id) is None


async def test_a_code_typed_in_another_chat_of_the_customer_is_written_nowhere(gateway, store, ani, client):
    code = await ask(gateway, store)
    phone = await gateway.visitor()
    there = await talk_of(store)
    async with store.write() as session:
        row = await session.get_one(Conversation, there.id)
        await identity.link(session, row, await session.get_one(Customer, ani.id))
    frames = await phone.say(f"mine: {code}")
    assert (names(frames), own(frames)) == (["utter_code_elsewhere"], "mine: ••••••")
    assert own(await phone.say(wrong(code))) == wrong(code)  # an order's number, as far as this chat knows
    assert await level(store, there) == 0
    assert names(await client.say(code))[0] == "utter_code_right"
    async with store.read() as session:
        rows = [tuple(row) for t in Base.metadata.sorted_tables for row in await session.execute(select(t))]
    assert code not in repr(rows)
