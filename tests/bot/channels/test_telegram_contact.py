"""A contact shared on Telegram: judged once, answered alike whatever was wrong; then what was wanted is answered."""

import pytest
from sqlalchemy import select

from crm_store import identity
from crm_store.models import Assurance, Contact, Conversation
from tests.bot.channels.test_telegram import ANI, NINO, words
from tests.crm_store import people

PHONE = "+37499001122"
SHARE = {
    "name": "utter_button_share_phone",
    "intent": "ask_points_balance",
    "entities": {},
    "asks": "contact",
}
QUESTION = {"name": "utter_share_phone_or_email", "values": {"choices": [SHARE]}}
WANTED = {"intent": "ask_points_balance", "entities": {}}


def script(turn):
    """A Rasa that asks who is writing, and answers what it is told."""
    told = turn.get("tell")
    return [{"name": "utter_greet"}] if told else [QUESTION]


@pytest.fixture
async def house(polling):
    """A shop that knows Ani by PHONE, and others."""
    polling.rasa.script = script
    async with polling.store.write() as session:
        await people.nino(session)
        ani = await people.ani(session)
        session.add(Contact(customer_id=ani.id, kind="phone", value=PHONE))
    return polling


async def share(house, phone=PHONE, *, of=ANI, chat=ANI, answers=1, language="en"):
    """Share a contact; what is answered."""
    before = len(house.cloud.sent[chat])
    house.cloud.hand_out(house.cloud.share(chat, phone, of=of, language=language))
    await house.until(lambda: len(house.cloud.sent[chat]) >= before + answers)
    await house.delivered()
    return house.cloud.texts(chat)[before:]


async def level(house, chat=ANI) -> int:
    (message, *_) = await house.messages(chat)
    async with house.store.read() as session:
        return await identity.level(session, await session.get_one(Conversation, message.conversation_id))


async def test_the_keyboard_offers_to_share_the_number_and_nothing_else(house):
    assert await house.say(ANI, "points?") == [words("utter_share_phone_or_email")]
    (question,) = house.cloud.sent[ANI]
    assert question.keyboard == [{"text": words("utter_button_share_phone"), "request_contact": True}]
    assert question.buttons == []


@pytest.mark.parametrize("written", [PHONE, PHONE[1:], "0037499001122", "099001122", "+374 99 00 11 22"])
async def test_ones_own_number_is_carried_on_from_and_the_keyboard_goes(house, written):
    await house.say(ANI, "points?")
    assert house.cloud.keyboards[ANI]
    assert await share(house, written, answers=2) == [words("utter_contact_right"), words("utter_greet")]
    assert house.rasa.asked[-1]["tell"] == WANTED
    assert ANI not in house.cloud.keyboards
    assert await level(house) == 2


async def test_a_number_of_a_third_country_has_its_plus_added(house):
    async with house.store.write() as session:
        john = await people.john(session)
        session.add(Contact(customer_id=john.id, kind="phone", value="+4915112345678"))
    assert await share(house, "4915112345678") == [words("utter_contact_right")]


async def test_the_answers_come_in_the_language_of_the_conversation(house):
    await house.say(ANI, "միավորներ", language="en")
    assert house.cloud.texts(ANI) == [words("utter_share_phone_or_email", "hy")]
    assert (await share(house, answers=2))[0] == words("utter_contact_right", "hy")


@pytest.mark.parametrize(
    ("phone", "of"),
    [(PHONE, NINO), (PHONE, None), ("+37499001123", ANI), ("nothing", ANI)],
    ids=["forwarded", "of nobody on Telegram", "unknown", "no number"],
)
async def test_any_other_contact_gets_the_same_words_and_a_way_out(house, phone, of):
    await house.say(ANI, "points?")
    asked = len(house.rasa.asked)
    assert await share(house, phone, of=of) == [words("utter_contact_unknown")]
    assert len(house.rasa.asked) == asked and await level(house) == 0
    again, person = house.cloud.sent[ANI][-1].buttons
    assert (again["text"], person["text"]) == (
        words("utter_button_try_again"),
        words("utter_button_talk_to_person"),
    )
    house.cloud.hand_out(house.cloud.press(ANI, again["callback_data"]))
    await house.until(lambda: len(house.cloud.sent[ANI]) == 3)
    assert house.rasa.asked[-1]["tell"] == WANTED


async def test_a_number_of_two_customers_gets_the_same_words(house):
    async with house.store.write() as session:
        nino = await people.john(session)
        session.add(Contact(customer_id=nino.id, kind="phone", value=PHONE))
    await house.say(ANI, "points?")
    assert await share(house) == [words("utter_contact_unknown")]
    assert await level(house) == 0


async def test_contacts_are_guesses_and_after_five_nothing_is_judged(house):
    await house.say(ANI, "points?")
    said = [await share(house, PHONE, of=NINO) for _ in range(6)] + [await share(house)]
    assert said == [[words("utter_contact_unknown")]] * 5 + [[words("utter_too_many_tries")]] * 2
    assert await level(house) == 0


async def test_the_same_contact_delivered_twice_is_one_and_a_second_one_carries_on_with_nothing(house):
    await house.say(ANI, "points?")
    update = house.cloud.share(ANI, PHONE, of=ANI)
    house.cloud.hand_out(update, house.cloud.update(message=update["message"]))
    await house.until(lambda: len(house.cloud.sent[ANI]) == 3)
    assert await house.delivered() == {"sent": 3}
    told = len(house.rasa.asked)
    assert await share(house) == [words("utter_contact_right")]
    assert len(house.rasa.asked) == told
    async with house.store.read() as session:
        assert len((await session.scalars(select(Assurance))).all()) == 2


async def test_a_contact_out_of_the_blue_shows_who_it_is_and_offers_what_may_be_seen(house):
    assert await share(house) == [words("utter_contact_right")]
    assert await level(house) == 2 and house.rasa.asked == []
    assert [button["text"] for button in house.cloud.sent[ANI][0].buttons] == [
        words("utter_button_points_balance"),
        words("utter_button_list_orders"),
    ]


async def test_while_an_orders_contact_is_asked_for_a_shared_one_is_that(house):
    house.rasa.form = "order_form"
    await house.say(ANI, "where is my order")
    assert await share(house, "37499001122", of=NINO) == [words("utter_greet")]
    assert house.rasa.asked[-1]["tell"] == {"intent": "inform", "entities": {"phone": "+37499001122"}}
    assert await level(house) == 0


async def test_whose_contact_it_was_is_kept_and_the_number_is_not_shown(house):
    await share(house, of=NINO)
    (message, _) = await house.messages(ANI)
    assert (message.kind, message.values) == ("contact", {"phone": PHONE, "own": False})
    assert message.text == words("utter_telegram_shown_contact")


async def test_the_button_of_one_chat_is_not_carried_on_from_in_another(house):
    await house.say(ANI, "points?")
    assert await share(house, chat=NINO, of=NINO) == [words("utter_contact_right")]
    assert "tell" not in house.rasa.asked[-1]
    assert await level(house, ANI) == 0
