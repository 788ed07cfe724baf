"""One turn: who answers, what happens while Rasa is away or broken, and under which name Rasa knows a conversation."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversation import Turns, sender_number, without_rasa
from crm_store.models import Conversation, Message

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def message(text="hello", at=NOON, pressed=None):
    return Message(text=text, at=at, pressed=pressed, seq=9)


def conversation(turns=3, form=None, turn_at=NOON):
    return Conversation(rasa_number=4, rasa_turns=turns, form=form, turn_at=turn_at)


@pytest.mark.parametrize(
    ("before", "asked", "number"),
    [
        (conversation(), message(), 4),
        (conversation(turns=25), message(), 5),
        (conversation(turns=25, form="order_form"), message(), 4),
        (conversation(), message(at=NOON + timedelta(minutes=59)), 4),
        (conversation(), message(at=NOON + timedelta(minutes=61)), 5),
        (conversation(turn_at=None), message(), 4),
    ],
)
def test_rasa_gets_a_fresh_sender_after_an_hour_or_25_turns_but_never_within_a_form(before, asked, number):
    assert sender_number(before, asked)[0] == number


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("🦄🦄", "utter_empty"),
        ("👍🏽", None),
        (" / ", "utter_empty"),
        ("?!", "utter_empty"),
        ("Где мой заказ?", "utter_only_russian"),
        ("hello", None),
        ("104217", None),
        ("БР-104217 да", None),
        ("анна@example.com", None),
        ("по-армянски пожалуйста", None),
        ("Где BR? I mean where is the order that I bought", None),
    ],
)
def test_what_needs_no_understanding_is_answered_without_rasa(text, answer):
    reply = without_rasa(message(text))
    assert (reply.name if reply else None) == answer


async def test_the_russian_line_offers_our_languages_and_a_person(gateway):
    client = await gateway.visitor()
    line = next(f for f in await client.say("Где мой заказ?") if f.get("name") == "utter_only_russian")
    titles = ["English", "Հայերեն", "ქართული", "Поговорить с сотрудником"]
    assert [button["title"] for button in line["buttons"]] == titles
    assert "сотруднику" in line["text"] and gateway.rasa.asked == []
    await client.press(line["buttons"][-1]["button"])
    assert gateway.rasa.asked[-1]["tell"] == {"intent": "ask_for_person", "entities": {}}


def test_a_pressed_button_always_goes_to_rasa():
    assert without_rasa(message("🦄", pressed={"intent": "affirm", "entities": {}})) is None


async def test_a_failed_turn_is_asked_once_more_with_the_same_id(gateway):
    answers = iter([500, [{"name": "utter_thank"}]])
    gateway.rasa.script = lambda turn: next(answers)
    client = await gateway.visitor()
    frames = await client.say("thanks")
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"] == ["utter_thank"]
    assert len({turn["id"] for turn in gateway.rasa.asked}) == 1


@pytest.mark.parametrize("answer", [[], 500, "not json"])
async def test_a_turn_that_fails_twice_ends_in_the_fallback_and_never_in_silence(gateway, answer):
    gateway.rasa.script = lambda turn: answer
    client = await gateway.visitor()
    frames = await client.say("hello")
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"] == [
        "utter_fallback"
    ]
    assert len(gateway.rasa.asked) == 2


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ({"name": "utter_of_a_newer_model", "text": "As Rasa says it."}, "As Rasa says it."),
        ({"name": "utter_greet", "values": {"choices": [{"name": "utter_nothing", "intent": "x"}]}}, None),
        ({"name": "utter_ask_contact", "values": {"order_number": {"colour": "red"}}}, None),
    ],
)
async def test_an_answer_that_cannot_be_worded_ends_in_the_fallback_and_never_in_silence(
    gateway, reply, read
):
    gateway.rasa.script = lambda turn: [reply]
    client = await gateway.visitor()
    frames = await client.say("hello")
    (told,) = [f for f in frames if f["type"] == "message" and f["author"] == "bot"]
    assert told["text"] == read if read else told["name"] == "utter_fallback"


async def test_while_an_agent_has_the_conversation_the_bot_is_silent(gateway, store):
    client = await gateway.visitor()
    async with store.write() as session:
        (await session.scalars(select(Conversation))).one().status = "agent"
    frames = await client.say("hello")
    assert not [frame for frame in frames if frame["type"] == "message" and frame["author"] == "bot"]
    assert gateway.rasa.asked == []


async def test_an_agent_who_takes_over_while_rasa_is_away_is_not_talked_over(gateway, store):
    client = await gateway.visitor()

    def away(turn):
        return 503

    gateway.rasa.script = away
    await client.send(type="message", id=str(uuid.uuid4()), text="hello")
    while (await client.next("message"))["name"] != "utter_starting":
        pass
    async with store.write() as session:
        (await session.scalars(select(Conversation))).one().status = "agent"
    frames = await client.until_end()
    assert not [frame for frame in frames if frame["type"] == "message" and frame["author"] == "bot"]


async def test_while_rasa_is_starting_the_shopper_is_told_once_and_answered_in_the_end(gateway):
    loading = iter([503] * 4)
    gateway.rasa.script = lambda turn: next(loading, [{"name": "utter_greet"}])
    client = await gateway.visitor("ka")
    frames = await client.say("gamarjoba")
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"] == [
        "utter_starting",
        "utter_greet",
    ]


async def test_a_rasa_that_stays_away_ends_in_the_fallback(gateway):
    gateway.rasa.script = lambda turn: 503
    client = await gateway.visitor()
    frames = await client.say("hello")
    names = [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"]
    assert names == ["utter_starting", "utter_fallback"]


async def test_a_button_tells_rasa_its_intent_and_shows_only_its_title(gateway):
    choices = [
        {
            "name": "utter_button_order_status",
            "intent": "ask_order_status",
            "entities": {"order_number": "BR-1"},
        }
    ]
    gateway.rasa.script = lambda turn: [{"name": "utter_greet", "values": {"choices": choices}}]
    client = await gateway.visitor()
    frames = await client.say("hello")
    (button,) = next(f for f in frames if f["type"] == "message" and f["author"] == "bot")["buttons"]
    assert set(button) == {"title", "button"} and "order" not in button["button"]
    pressed = await client.press(button["button"])
    assert next(f for f in pressed if f["type"] == "message")["text"] == button["title"]
    assert gateway.rasa.asked[-1]["tell"] == {
        "intent": "ask_order_status",
        "entities": {"order_number": "BR-1"},
    }


async def test_an_agent_who_gives_back_at_once_leaves_no_turn_in_silence(gateway, store, monkeypatch):
    """Seen with the agent while Rasa was away, and with the bot again when the turn is stored."""
    client, answers = await gateway.visitor(), iter([503] * 4)
    real, seen = Turns._tell_late, []

    async def tell_late(self, conversation, message):
        async with store.write() as session:
            (await session.scalars(select(Conversation))).one().status = "bot" if seen else "agent"
        row = await real(self, conversation, message)
        async with store.write() as session:
            (await session.scalars(select(Conversation))).one().status = "waiting"
        seen.append(row.status)
        return row

    monkeypatch.setattr(Turns, "_tell_late", tell_late)
    gateway.rasa.script = lambda turn: next(answers, [{"name": "utter_greet"}])
    frames = await client.say("hello")
    assert seen[0] == "agent"
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"][-1] == "utter_greet"
