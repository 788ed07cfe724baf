"""Odd things that people type, over a real socket: one clear answer in their language each.

Rasa is a stub with Rasa's own reader of details (`bot/inside_rasa/details.py`) and the real action server behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from actions.app import make_app
from barev import clock
from barev.settings import ROOT
from barev.wording import load_wording
from bot.inside_rasa.details import find
from crm_store.models import Contact, Conversation, Customer, Order
from tests.actions.conftest import SECRET, Rasa

WORDING = load_wording(ROOT / "data" / "responses")
LANGUAGES = ("en", "hy", "ka")
SPACES = (
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "\f",
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2028",
    "\u202f",
    "\u3000",
    "\x1c",
    "\x85",
)


@dataclass
class OrderForm:
    """The order form as Rasa plays it: the details of each message, then what the real action says."""

    rasa: Rasa
    slots: dict[str, str] = field(default_factory=dict)

    async def turn(self, asked):
        for detail in find(asked["text"]):
            self.slots["order_number" if detail.entity == "order_number" else "contact"] = detail.value
        whole = len(self.slots) == 2
        action = "action_order_status" if whole else "action_explain_slot"
        slots = self.slots if whole else {**self.slots, "requested_slot": "order_number"}
        about = {"sender": asked["sender"], "message_id": asked["id"], "active_loop": "order_form"}
        status, result = await self.rasa.run(action, slots=slots, **about)
        assert status == 200, result
        return [
            {
                "name": said.pop("response"),
                "values": {k: v for k, v in said.items() if k in ("number", "status", "day")},
            }
            for said in result["responses"]
        ]


@pytest.fixture
async def form(gateway, store):
    """The order form is open in every conversation; Ani's order is on its way."""
    async with store.write() as session:
        ani = Customer(name="Ani", language="hy", created_at=clock.now())
        session.add(ani)
        await session.flush()
        session.add(Contact(customer_id=ani.id, kind="email", value="ani@example.am"))
        session.add(
            Order(
                number="BR-104217",
                customer_id=ani.id,
                status="in_transit",
                total=1,
                address="x",
                placed_at=clock.now(),
            )
        )
    async with TestClient(TestServer(make_app(store, secret=SECRET))) as http:
        form = OrderForm(Rasa(http, None))
        gateway.rasa.script, gateway.rasa.form = form.turn, "order_form"
        yield form


def the_answer(frames):
    """The one message that the bot said, after which the turn ended once."""
    assert [frame["type"] for frame in frames].count("turn_end") == 1 and frames[-1]["type"] == "turn_end"
    (line,) = [frame for frame in frames if frame["type"] == "message" and frame["author"] == "bot"]
    return line


def assert_says(line, name, language):
    assert (line["name"], line["language"]) == (name, language)
    assert line["text"] == WORDING.text(name, language)


@pytest.mark.parametrize(
    "typed", [*(space + "/restart" for space in SPACES), "//restart", "/ \u3000/restart"]
)
async def test_a_typed_restart_is_only_words_and_the_open_form_survives(gateway, form, store, typed):
    client = await gateway.visitor("hy")
    await client.say("BR-104217")
    before = gateway.rasa.asked[-1]["sender"]
    assert_says(the_answer(await client.say(typed)), "utter_explain_order_number", "hy")
    assert (gateway.rasa.asked[-1]["text"], gateway.rasa.asked[-1]["sender"]) == ("restart", before)
    async with store.read() as session:
        assert await session.scalar(select(Conversation.form)) == "order_form"
    assert the_answer(await client.say("ani@example.am"))["name"] == "utter_order_status"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["🦄🦄", "😀", "👩‍👩‍👧 🇦🇲", "\u200d\ufe0f"])
async def test_pictures_alone_are_asked_back_about(gateway, form, language, typed):
    client = await gateway.visitor(language)
    assert_says(the_answer(await client.say(typed)), "utter_empty", language)
    assert gateway.rasa.asked == []


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("where is իմ պատվերը please", "hy"),
        ("სად არის my order please", "ka"),
        ("Где պատվերս, ещё не пришёл", "hy"),
    ],
)
async def test_mixed_scripts_get_one_answer_in_one_of_our_languages(gateway, form, typed, language):
    client = await gateway.visitor(language)
    line = the_answer(await client.say(typed))
    assert_says(line, line["name"], language)
    assert line["name"] in ("utter_explain_order_number", "utter_only_russian")


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "one hundred and four thousand two hundred and seventeen"),
        ("en", "BR one zero four two one seven"),
        ("hy", "հարյուր չորս հազար երկու հարյուր տասնյոթ"),
        ("ka", "ას ოთხი ათას ორას ჩვიდმეტი"),
    ],
)
async def test_a_number_in_words_is_told_how_a_number_looks(gateway, form, language, typed):
    client = await gateway.visitor(language)
    assert_says(the_answer(await client.say(typed)), "utter_explain_order_number", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "typed",
    [
        "BR 10 42 17",
        "br-104 217",
        "1 0 4 2 1 7",
        "１０４２１７",
        "ＢＲ－１０４２１７",
        "№\u3000１０４２１７",
    ],
)
async def test_spaces_and_full_width_digits_reach_the_match(gateway, form, language, typed):
    client = await gateway.visitor(language)
    await client.say("ani@example.am")
    line = the_answer(await client.say(typed))
    assert (line["name"], line["language"]) == ("utter_order_status", language)
    assert "BR-104217" in line["text"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_binary_frame_is_one_error_and_the_socket_goes_on(gateway, form, language):
    client = await gateway.visitor(language)
    await client.socket.send_bytes(b'{"type": "typing"}')
    assert await client.next() == {
        "type": "error",
        "code": "bad_frame",
        "id": None,
        "text": WORDING.text("utter_error_bad_frame", language),
    }
    assert the_answer(await client.say("104217"))["language"] == language
