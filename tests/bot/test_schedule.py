"""How an order was is asked where the customer chats, with buttons for stars, once, and not at night."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from barev import clock
from barev.settings import Settings, load_secrets
from bot.rendering import Rendering
from bot.schedule import Schedule
from crm_store import conversations, identity_codes
from crm_store.models import Button, ChannelIdentity, Conversation, FeedbackRequest, Message, Order, Shop
from tests.crm_store import people

RESPONSES = Path(__file__).resolve().parents[2] / "data" / "responses"
YEREVAN = ZoneInfo("Asia/Yerevan")


def until(hour: int, minute: int = 0, zone: ZoneInfo = YEREVAN) -> timedelta:
    """From the real now to this time of the day after tomorrow, by the shop's clock."""
    now = datetime.now(zone)
    then = (now + timedelta(days=2)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return then - now


@pytest.fixture
async def chat(store):
    """Ani is known by her browser and has an order that came today."""
    async with store.write() as session:
        await people.shop(session)
        customer = await people.ani(session)
        await people.order(session, customer, delivered_days_ago=0)
        for address, whose in (("stranger", None), ("ani", customer.id)):
            chat = await conversations.start(session, channel="website", address=address, language="hy")
            message, _ = await conversations.accept(session, chat, text="բարև", external_id="1")
            await conversations.answer(
                session, chat, message, [conversations.Line("Բարև", name="utter_greet")]
            )
            (await session.get_one(ChannelIdentity, chat.identity_id)).customer_id = whose
    return chat


def schedule_of(store, woken) -> Schedule:
    settings = Settings(_env_file=None)
    return Schedule(store, Rendering(RESPONSES), is_quiet=settings.is_quiet, said=woken.append)


async def test_a_delivered_order_is_asked_about_once_in_its_customers_language(store, chat, move_clock):
    move_clock(until(12))
    woken: list[int] = []
    schedule = schedule_of(store, woken)
    assert [await schedule.ask_for_feedback(), await schedule.ask_for_feedback()] == [1, 0]
    assert woken == [chat.id]
    async with store.read() as session:
        (asked,) = await session.scalars(select(Message).where(Message.name == "utter_rate_your_order"))
        number = await session.scalar(select(Order.number))
        buttons = list(await session.scalars(select(Button).order_by(Button.id)))
        request = await session.scalar(select(FeedbackRequest))
    assert asked.conversation_id == chat.id and number in asked.text and "պատվերը հանձնված է" in asked.text
    assert asked.card == {"kind": "rating", "number": number, "max": 5}
    assert [button["title"][0] for button in asked.buttons] == list("12345")
    assert {(button.intent, button.conversation_id) for button in buttons} == {("give_feedback", chat.id)}
    assert request.message_id == asked.id and request.asked_at <= clock.now()


async def test_at_night_nobody_is_asked_and_in_the_morning_they_are(store, chat, move_clock):
    asked = []
    for hour, minute in ((0, 0), (3, 0), (8, 59), (21, 0), (23, 30), (9, 0)):
        move_clock(until(hour, minute))
        asked.append(await schedule_of(store, []).ask_for_feedback())
    assert asked == [0, 0, 0, 0, 0, 1]


async def test_the_night_is_the_shops_own(store, chat, move_clock):
    async with store.write() as session:
        (await session.get_one(Shop, 1)).time_zone = "America/Los_Angeles"
    move_clock(until(12))  # noon in Yerevan: after midnight there
    assert await schedule_of(store, []).ask_for_feedback() == 0
    move_clock(until(12, zone=ZoneInfo("America/Los_Angeles")))
    assert await schedule_of(store, []).ask_for_feedback() == 1


@pytest.fixture
def eager(monkeypatch) -> None:
    """The gateway that starts after this looks ten times a second."""
    monkeypatch.setattr("bot.schedule.LOOK_SECONDS", 0.1)


async def test_after_a_code_the_question_comes_to_the_open_chat_and_a_star_is_told(
    eager, gateway, store, move_clock
):
    """Through the whole gateway: a visitor confirms who they are, an order is delivered, the question comes."""
    async with store.write() as session:
        await people.shop(session)
        customer = await people.ani(session)
    client = await gateway.visitor("hy")
    async with store.write() as session:
        (talk,) = await session.scalars(select(Conversation))
        challenge = await identity_codes.ask_code(session, talk, contact="ani@example.com", wanted=None)
    await client.say(identity_codes.code_of(challenge, load_secrets(gateway.settings).codes))
    async with store.write() as session:
        order = await people.order(session, customer, delivered_days_ago=0)
    move_clock(until(12))
    question = await client.next("message")
    assert question["name"] == "utter_rate_your_order"
    assert order.number in question["text"] and len(question["buttons"]) == 5
    gateway.rasa.script = lambda turn: [{"name": "utter_rating_thanks"}]
    await client.press(question["buttons"][3]["button"])
    told = gateway.rasa.asked[-1]["tell"]
    assert told == {"intent": "give_feedback", "entities": {"rating": "4", "order_number": order.number}}
