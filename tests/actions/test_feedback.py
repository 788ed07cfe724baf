"""A rating is asked for, kept once with its order, followed by words; a low one and a complaint offer a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from barev import clock
from crm_store import conversations, feedback, handoffs, identity, staff
from crm_store.models import Customer, Handoff, Order, Rating, Staff
from tests.crm_store import people

GOR = {
    "email": "gor@shop.example",
    "name": "Gor",
    "role": "agent",
    "language": "en",
    "password_hash": "none",
}


@pytest.fixture
async def order(store, conversation) -> Order:
    """Ani's was delivered, and this conversation has shown so much; Nino's was delivered too."""
    now = clock.now()
    async with store.write() as session:
        for name, number in (("Nino", "BR-200200"), ("Ani", "BR-104217")):
            customer = Customer(name=name, language="hy", created_at=now)
            session.add(customer)
            await session.flush()
            order = Order(
                number=number,
                customer_id=customer.id,
                status="delivered",
                total=1,
                address="Abovyan 1",
                placed_at=now - timedelta(days=3),
                delivered_at=now - timedelta(days=1),
            )
            session.add(order)
            await session.flush()
        await identity.grant_order(session, conversation, customer_id=customer.id, order_id=order.id)
    return order


@pytest.fixture
def say(rasa, store):
    """Runs an action and stores what it says, as the gateway does; gives back the response."""

    async def run(action="action_give_feedback", intent="give_feedback", **about):
        _, result = await rasa.run(action, intent=intent, **about)
        (response,) = result["responses"]
        plain = (
            "response",
            "text",
            "buttons",
            "elements",
            "custom",
            "template",
            "image",
            "attachment",
            "card",
            "choices",
        )
        values = {key: value for key, value in response.items() if key not in plain}
        line = conversations.Line("…", name=response["response"], values=values)
        async with store.write() as session:
            await conversations.tell(session, rasa.conversation, line)
        return response

    return run


async def ratings(store) -> list[tuple[str, int | None, int, str | None]]:
    async with store.read() as session:
        rows = await session.scalars(select(Rating).order_by(Rating.id))
        return [(row.about, row.order_id, row.score, row.comment) for row in rows]


async def test_the_wish_to_rate_asks_about_the_order_that_is_known_with_a_button_for_each_star(say, order):
    response = await say()
    assert (response["response"], response["number"]) == ("utter_ask_rating", "BR-104217")
    assert response["card"] == {"kind": "rating", "number": "BR-104217", "max": 5}
    assert [choice["entities"] for choice in response["choices"]] == [
        {"rating": str(score), "order_number": "BR-104217"} for score in range(1, 6)
    ]


async def test_a_number_after_the_question_is_kept_for_its_order(say, store, order):
    await say()
    assert (await say(entities={"rating": "5"}))["response"] == "utter_rating_thanks"
    assert await ratings(store) == [("order", order.id, 5, None)]


async def test_a_low_rating_says_sorry_and_offers_a_person_and_yes_hands_over_as_unhappy(say, store, order):
    response = await say(entities={"rating": "2", "order_number": "BR-104217"})
    assert response["response"] == "utter_rating_low"
    assert "ask_for_person" in [choice["intent"] for choice in response["choices"]]
    assert (await say(intent="affirm"))["response"] == "utter_handed_off"
    async with store.read() as session:
        assert await session.scalar(select(Handoff.reason)) == "unhappy"


async def test_an_order_is_rated_once(say, store, order):
    await say(entities={"rating": "4", "order_number": "BR-104217"})
    again = await say(entities={"rating": "1", "order_number": "BR-104217"})
    assert again["response"] == "utter_already_rated"
    assert await ratings(store) == [("order", order.id, 4, None)]


@pytest.mark.parametrize("number", ["BR-200200", "BR-999999"])
async def test_an_order_that_is_not_shown_here_cannot_be_rated_and_may_be_anybodys(say, store, order, number):
    response = await say(entities={"rating": "1", "order_number": number})
    assert (response["response"], response["number"]) == ("utter_rating_needs_match", number)
    assert response["choices"][0]["intent"] == "ask_order_status"
    assert await ratings(store) == []


async def test_whoever_has_shown_no_order_rates_the_shop(say, store, conversation):
    assert (await say())["response"] == "utter_ask_rating_shop"
    assert (await say(entities={"rating": "3"}))["response"] == "utter_rating_thanks"
    assert await ratings(store) == [("shop", None, 3, None)]


async def test_a_pushed_question_is_answered_for_its_order_after_the_level_is_gone(
    say, store, order, move_clock
):
    move_clock(timedelta(hours=30))
    async with store.write() as session:
        row = await conversations.by_public_id(session, (await session.scalar(select_public())))
        request = await feedback.request_due(session, order)
        line = conversations.Line("?", name="utter_rate_your_order", values={"number": order.number})
        await feedback.asked(session, request, await conversations.tell(session, row, line))
    await say(entities={"rating": "5"})
    assert await ratings(store) == [("order", order.id, 5, None)]


def select_public():
    from crm_store.models import Conversation

    return select(Conversation.public_id).order_by(Conversation.id.desc()).limit(1)


async def test_words_are_kept_with_the_rating(rasa, say, store, order):
    await say(entities={"rating": "5"})
    said = await say("action_record_comment", intent="give_comment")
    assert said["response"] == "utter_comment_thanks"
    assert await ratings(store) == [("order", order.id, 5, "…")]
    assert (await say("action_record_comment", intent="give_comment"))["response"] == "utter_what_next"


async def test_words_after_a_low_rating_offer_a_person_again(say, order):
    await say(entities={"rating": "1"})
    said = await say("action_record_comment", intent="give_comment")
    assert said["response"] == "utter_comment_thanks_low"
    assert (await say(intent="affirm"))["response"] == "utter_handed_off"


async def test_yes_after_the_thanks_asks_for_the_words(say, order):
    await say(entities={"rating": "5"})
    assert (await say(intent="affirm"))["response"] == "utter_write_comment"


async def test_yes_where_nothing_was_asked_begins_nothing(say, order):
    await say(entities={"rating": "5"})
    await say("action_record_comment", intent="give_comment")
    assert (await say(intent="affirm"))["response"] == "utter_what_next"


async def test_feedback_and_complaints_end_an_open_form(rasa, order):
    for action in ("action_give_feedback", "action_complaint"):
        _, result = await rasa.run(action, intent="give_feedback", active_loop="order_form")
        ended = [(event["event"], event.get("name"), event.get("value")) for event in result["events"]]
        assert ("active_loop", None, None) in ended and ("slot", "requested_slot", None) in ended


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("utter_complaint", "unhappy"),
        ("utter_offer_person", "not_understood"),
        ("utter_action_failed", "action_failed"),
        ("utter_fallback", "action_failed"),
        ("utter_too_many_tries", "not_allowed"),
        ("utter_code_too_often", "not_allowed"),
        ("utter_code_cannot_be_sent", "not_allowed"),
        ("utter_greet", "asked_for_person"),
    ],
)
async def test_who_asks_for_a_person_is_handed_over_with_why(rasa, store, conversation, before, reason):
    async with store.write() as session:
        await conversations.tell(session, conversation, conversations.Line("…", name=before))
    await rasa.said("action_hand_off", intent="ask_for_person")
    async with store.read() as session:
        assert await session.scalar(select(Handoff.reason)) == reason


async def test_a_delivered_order_offers_to_be_rated_until_it_is(rasa, say, order):
    async def offered() -> list[str]:
        _, result = await rasa.run("action_order_status")
        return [choice["intent"] for choice in result["responses"][0]["choices"]]

    assert await offered() == ["give_feedback", "correct_that"]
    await say(entities={"rating": "5"})
    assert await offered() == ["correct_that"]


@pytest.fixture
async def helped(store, conversation) -> Staff:
    """Mariam has answered here, and the assistant asked how it was."""
    async with store.write() as session:
        mariam = await people.mariam(session)
        await handoffs.ask(session, conversation, reason="asked_for_person")
        await handoffs.take(session, conversation, mariam)
        await handoffs.answer(session, conversation, mariam, "Hello", client_id="1")
        line = conversations.Line("…", name="utter_rate_help")
        await handoffs.resolve(session, conversation, mariam, say=[line])
    return mariam


@pytest.mark.parametrize("entities", [{"rating": "5"}, {"rating": "5", "about": "help"}])
async def test_the_help_of_a_person_is_rated_with_their_name(say, store, helped, entities):
    assert (await say(entities=entities))["response"] == "utter_help_rated"
    async with store.read() as session:
        (rating,) = (await session.scalars(select(Rating))).all()
    assert (rating.about, rating.score, rating.staff_id, rating.order_id) == ("help", 5, helped.id, None)


async def test_a_low_rating_of_the_help_offers_a_person_once_more(say, store, helped):
    assert (await say(entities={"rating": "1", "about": "help"}))["response"] == "utter_help_rated_low"
    assert (await say(intent="affirm"))["response"] == "utter_handed_off"
    async with store.read() as session:
        reasons = await session.scalars(select(Handoff.reason).order_by(Handoff.id))
    assert list(reasons) == ["asked_for_person", "unhappy"]


async def test_an_old_question_rates_the_help_it_asked_about(say, store, helped, conversation):
    async with store.write() as session:
        first = await session.scalar(select(Handoff))
        gor = await staff.add(session, **GOR)
        await handoffs.ask(session, conversation, reason="asked_for_person")
        await handoffs.take(session, conversation, gor)
        await handoffs.resolve(session, conversation, gor, say=[])
    entities = {"rating": "1", "about": "help", "handoff": first.public_id}
    assert (await say(entities=entities))["response"] == "utter_help_rated_low"
    async with store.read() as session:
        (rating,) = (await session.scalars(select(Rating))).all()
    assert (rating.score, rating.staff_id, rating.episode_id) == (1, helped.id, first.episode_id)


async def test_a_handoff_of_another_conversation_is_not_rated(say, store, helped):
    entities = {"rating": "1", "about": "help", "handoff": "of-somebody-else"}
    assert (await say(entities=entities))["response"] == "utter_what_next"
    assert await ratings(store) == []
