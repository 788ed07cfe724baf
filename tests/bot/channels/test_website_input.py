"""What the website channel is sent that no widget sends: bad frames, foreign origins and tokens, too much at once."""

import json
import uuid

import aiohttp
import pytest
from sqlalchemy import select

from barev import clock
from barev.settings import ROOT
from barev.wording import load_wording
from crm_store import identity
from crm_store.models import Conversation, Message, Shop
from tests.bot.conftest import Client
from tests.crm_store import people

WORDING = load_wording(ROOT / "data" / "responses")


def error(code, language, about=None):
    """The whole frame, as docs/website-channel.md has it."""
    return {
        "type": "error",
        "code": code,
        "id": about,
        "text": WORDING.text(f"utter_error_{code}", language),
    }


@pytest.fixture
async def georgian_shop(gateway, store):
    """The shop speaks Georgian first."""
    async with store.write() as session:
        new = Shop(name="Demo", currency="GEL", time_zone="Asia/Tbilisi", created_at=clock.now())
        new.languages, new.default_language = ["ka", "en"], "ka"
        session.add(new)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad_frame"),
        ("[]", "bad_frame"),
        ('{"type": "sing"}', "bad_frame"),
        ('{"type": "message", "id": "no uuid", "text": "x"}', "bad_frame"),
        ('{"type": "message", "text": "x"}', "bad_frame"),
        ('{"type": "message", "id": 7, "text": "x"}', "bad_frame"),
        ('{"type": "hello"}', "bad_frame"),
        ('{"type": "history", "before": -1}', "bad_frame"),
        ('{"type": "language", "language": "ru"}', "bad_frame"),
        ("[" * 10_000, "bad_frame"),
        (json.dumps({"type": "message", "id": str(uuid.UUID(int=1)), "text": "   \u3000"}), "empty"),
        (json.dumps({"type": "message", "id": str(uuid.UUID(int=2)), "text": "x" * 10_000}), "too_long"),
        (
            json.dumps({"type": "button", "id": str(uuid.UUID(int=3)), "button": "made-up"}),
            "expired_button",
        ),
    ],
)
async def test_a_bad_frame_brings_one_error_in_the_readers_language_and_the_socket_goes_on(
    gateway, frame, code
):
    client = await gateway.visitor("hy")
    await client.socket.send_str(frame)
    error = await client.next()
    assert (error["type"], error["code"]) == ("error", code)
    assert error["id"] == (json.loads(frame)["id"] if code != "bad_frame" else None)
    assert any("\u0531" <= letter <= "\u0587" for letter in error["text"])
    assert (await client.say("barev"))[-1]["type"] == "turn_end"


async def test_a_button_of_another_conversation_is_refused(gateway):
    choices = [{"name": "utter_button_help", "intent": "ask_help"}]
    gateway.rasa.script = lambda turn: [{"name": "utter_greet", "values": {"choices": choices}}]
    ani, nino = await gateway.visitor(), await gateway.visitor()
    frames = await ani.say("hello")
    button = next(f for f in frames if f["type"] == "message" and f["buttons"])["buttons"][0]["button"]
    assert (await nino.press(button))[-1]["code"] == "expired_button"
    assert (await ani.press(button))[-1]["type"] == "turn_end"


@pytest.mark.parametrize("level", [2, 0])
async def test_a_button_of_a_level_means_less_below_it(gateway, store, level):
    """Offered while the shopper was confirmed, pressed after that has ended: what is wanted is told, and no more."""
    order = {"name": "utter_button_help", "intent": "ask_order_status", "entities": {"order_number": "BR-1"}}
    choices = [{**order, "level": level}]
    gateway.rasa.script = lambda turn: [{"name": "utter_greet", "values": {"choices": choices}}]
    ani = await gateway.visitor()
    frames = await ani.say("hello")
    button = next(f for f in frames if f["type"] == "message" and f["buttons"])["buttons"][0]["button"]
    await ani.press(button)
    told = {"order_number": "BR-1"} if level == 0 else {}
    assert gateway.rasa.asked[-1]["tell"] == {"intent": "ask_order_status", "entities": told}
    async with store.write() as session:
        who = await people.ani(session)
        talk = (await session.scalars(select(Conversation))).one()
        message = (await session.scalars(select(Message).where(Message.kind == "button"))).one()
        ids = {"customer_id": who.id, "seq": message.seq}
        await identity.grant_customer(session, talk, method="code", **ids)
    again = await gateway.visitor(token=ani.token, sent=[message.external_id], last_seq=message.seq + 1)
    await again.press(button)
    assert gateway.rasa.asked[-1]["tell"]["entities"] == {"order_number": "BR-1"}


async def test_a_frame_before_hello_opens_nothing(gateway):
    client = Client(await gateway.open())
    await client.send(type="message", id=str(uuid.uuid4()), text="hello")
    assert (await client.next())["code"] == "unauthorized"
    assert (await client.socket.receive(timeout=5)).type in (
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSED,
    )
    assert gateway.rasa.asked == []


async def test_a_made_up_token_opens_nothing(gateway):
    client = Client(await gateway.open())
    await client.send(type="hello", token="made-up")
    assert (await client.next())["code"] == "unauthorized"


@pytest.mark.parametrize("frame", ["x" * 300_000, b"x" * 300_000])
@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_a_frame_that_is_too_large_is_told_so_before_the_socket_closes_and_nothing_else(
    gateway, language, frame
):
    client = await gateway.visitor(language)
    await (client.socket.send_str if isinstance(frame, str) else client.socket.send_bytes)(frame)
    assert await client.next() == error("too_long", language)
    closed = await client.socket.receive(timeout=5)
    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 1009)
    again = await gateway.visitor(token=client.token, last_seq=1)
    assert (await again.say("hello"))[-1]["type"] == "turn_end"


async def test_a_frame_that_is_too_large_is_told_in_the_language_of_the_conversation_by_then(gateway):
    client = await gateway.visitor("hy")
    await client.send(type="language", language="ka")
    assert (await client.next("status"))["language"] == "ka"
    await client.socket.send_str("x" * 300_000)
    assert await client.next("error") == error("too_long", "ka")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad_frame"),
        (b"{}", "bad_frame"),
        ('{"type": "typing"}', "unauthorized"),
        ('{"type": "hello", "token": "made-up"}', "unauthorized"),
        ("x" * 300_000, "too_long"),
    ],
)
@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("ka-GE,ka;q=0.9,en;q=0.8", "ka"),
        ("ru-RU,ru;q=0.9,hy;q=0.8,en;q=0.7", "hy"),
        ("RU", "ka"),
        ("", "ka"),
        (None, "ka"),
    ],
)
async def test_what_is_wrong_before_the_welcome_is_told_in_the_browsers_language_or_the_shops(
    gateway, georgian_shop, browser, language, frame, code
):
    client = Client(await gateway.open(accept_language=browser))
    await (client.socket.send_str if isinstance(frame, str) else client.socket.send_bytes)(frame)
    assert await client.next() == error(code, language)
    assert (await client.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


async def test_a_hello_says_in_which_language_it_is_refused(gateway):
    client = Client(await gateway.open(accept_language="en"))
    await client.send(type="hello", token="made-up", language="hy")
    assert await client.next() == error("unauthorized", "hy")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example",
        "https://127.0.0.1",
        "",
    ],
)
async def test_a_page_of_another_origin_cannot_open_a_socket(gateway, origin):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await gateway.http.ws_connect(f"{gateway.url}/chat/v1/ws", headers={"Origin": origin})
    assert refused.value.status == 403


async def test_nobody_sees_anything_of_another_visitor(gateway):
    ani, nino = await gateway.visitor(), await gateway.visitor()
    for number in range(5):
        await ani.say(f"a secret {number}")
    frames = await nino.say("hello")
    assert "secret" not in json.dumps(frames)
    await nino.send(type="history", before=1000)
    assert "secret" not in json.dumps(await nino.next("history"))


@pytest.mark.parametrize(("letter", "length"), [("հ", 10_000), ("ქ", 10_000), ("x", 2_001), ("😀", 2_001)])
async def test_a_text_that_is_too_long_is_told_so_in_any_script(gateway, letter, length):
    client = await gateway.visitor("ka")
    assert (await client.say(letter * length))[-1]["code"] == "too_long"
    assert (await client.say("hello"))[-1]["type"] == "turn_end"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(r"half an emoji \ud83d here", "half an emoji \ufffd here"), (r"a \u0000 zero", "a  zero")],
)
async def test_what_no_database_can_hold_is_taken_all_the_same(gateway, typed, kept):
    client = await gateway.visitor()
    await client.socket.send_str(f'{{"type": "message", "id": "{uuid.uuid4()}", "text": "{typed}"}}')
    frames = await client.until_end()
    assert next(f for f in frames if f["type"] == "message")["text"] == kept


@pytest.mark.parametrize("token", [r"\ud83d", r"\u0000", "x" * 101, "a b"])
async def test_a_token_of_another_shape_is_a_bad_frame(gateway, token):
    client = await gateway.visitor()
    await client.socket.send_str(f'{{"type": "button", "id": "{uuid.uuid4()}", "button": "{token}"}}')
    assert (await client.next())["code"] == "bad_frame"
