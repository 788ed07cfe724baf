"""How an order was is asked in the customer's conversation, with buttons for stars, once."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from barev import clock
from bot.rendering import Rendering
from bot.schedule import Schedule
from crm_store import conversations
from crm_store.models import Button, ChannelIdentity, FeedbackRequest, Message, Order
from tests.crm_store import people

RESPONSES = Path(__file__).resolve().parents[2] / "data" / "responses"


@pytest.fixture
async def chat(store, move_clock):
    """Ani is known by her browser and has an order that came today; four hours have passed."""
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
    move_clock(timedelta(hours=4))
    return chat


async def test_a_delivered_order_is_asked_about_once_in_its_customers_language(store, chat):
    woken: list[int] = []
    schedule = Schedule(store, Rendering(RESPONSES), woken.append)
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
