"""Ratings: once per order, asked for once and only where the customer is, in a quiet moment."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from barev import clock
from crm_store import conversations, feedback, identity
from crm_store.errors import AlreadyRated
from crm_store.models import ChannelIdentity, Conversation, FeedbackRequest, Order, Rating
from tests.crm_store import people


@pytest.fixture
async def ani(do, programme, noise):
    return await do(people.ani)


@pytest.fixture
async def order(do, ani) -> Order:
    """Ani's, delivered this moment."""
    return await do(people.order, ani, delivered_days_ago=0)


async def talk(session, address, customer=None, channel="website") -> Conversation:
    """Somebody has said hello and was answered; the visitor is linked to the customer, if one is given."""
    started = await conversations.start(session, channel=channel, address=address, language="hy")
    message, _ = await conversations.accept(session, started, text="բարև", external_id="1")
    await conversations.answer(
        session, started, message, [conversations.Line("Բարև Ձեզ։", name="utter_greet")]
    )
    if customer:
        visitor = await session.get_one(ChannelIdentity, started.identity_id)
        visitor.customer_id, visitor.linked_at = customer.id, clock.now()
    await session.flush()
    return started


@pytest.fixture
async def chat(do, ani) -> Conversation:
    await do(talk, "a stranger")
    return await do(talk, "ani", ani)


async def due_numbers(session) -> list[str]:
    return [due.order.number for due in await feedback.due(session)]


async def noted(do, order) -> FeedbackRequest:
    return await do(feedback.request_due, order)


async def test_a_delivered_order_is_noted_once_however_often_it_is_looked_at(do, ask, order):
    first, again = await noted(do, order), await noted(do, order)
    assert first.id == again.id and first.due_at == order.delivered_at + timedelta(hours=3)
    assert await do(feedback.note_deliveries) == 0


async def test_deliveries_of_the_last_days_are_noted_and_older_ones_and_others_are_not(do, ani, order):
    await do(people.order, ani, delivered_days_ago=8)
    await do(people.order, ani)
    assert await do(feedback.note_deliveries) == 1
    assert await do(feedback.note_deliveries) == 0


async def test_it_is_asked_three_hours_after_delivery_and_not_a_minute_earlier(do, order, chat, move_clock):
    await noted(do, order)
    move_clock(timedelta(hours=2, minutes=59))
    assert await do(due_numbers) == []
    move_clock(timedelta(hours=3, minutes=1))
    assert await do(due_numbers) == [order.number]


async def test_after_a_week_it_is_not_asked_any_more(do, order, chat, move_clock):
    await noted(do, order)
    move_clock(timedelta(days=7, hours=4))
    assert await do(due_numbers) == []


async def test_it_is_asked_once_and_another_order_not_on_the_same_day(do, ani, order, chat, move_clock):
    second = await do(people.order, ani, delivered_days_ago=0)
    await noted(do, order)
    await noted(do, second)
    move_clock(timedelta(hours=4))

    async def ask_now(session) -> list[str]:
        found = await feedback.due(session)
        for due in found:
            line = conversations.Line("?", name="utter_rate_your_order")
            message = await conversations.tell(session, due.conversation, line)
            await feedback.asked(session, due.request, message)
        return [due.order.number for due in found]

    assert await do(ask_now) == [order.number]
    move_clock(timedelta(hours=5))
    assert await do(ask_now) == []
    move_clock(timedelta(hours=29))
    assert await do(ask_now) == [second.number]


async def spoil(session, chat, what: str) -> None:
    row = await session.get_one(Conversation, chat.id)
    visitor = await session.get_one(ChannelIdentity, chat.identity_id)
    match what:
        case "a person answers":
            row.status = "agent"
        case "somebody waits for a person":
            row.status = "waiting"
        case "a form is open":
            row.form, row.turn_at = "order_form", clock.now() - timedelta(minutes=59)
        case "blocked":
            visitor.blocked_at = clock.now()
        case "not linked":
            visitor.customer_id = None
        case "just talking":
            await conversations.accept(session, row, text="?", external_id="2")


@pytest.mark.parametrize(
    "what",
    [
        "a person answers",
        "somebody waits for a person",
        "a form is open",
        "blocked",
        "not linked",
        "just talking",
    ],
)
async def test_it_is_not_asked_while(do, order, chat, move_clock, what):
    await noted(do, order)
    move_clock(timedelta(hours=4))
    await do(spoil, chat, what)
    assert await do(due_numbers) == []


async def test_a_form_that_was_left_an_hour_ago_is_no_form_any_more(do, order, chat, move_clock):
    await noted(do, order)
    move_clock(timedelta(hours=4))

    async def leave(session) -> None:
        row = await session.get_one(Conversation, chat.id)
        row.form, row.turn_at = "order_form", clock.now() - timedelta(minutes=61)

    await do(leave)
    assert await do(due_numbers) == [order.number]


async def test_of_two_conversations_the_one_that_was_used_last_is_asked(do, ani, order, chat, move_clock):
    later = await do(talk, "77", ani, channel="telegram")

    async def use(session) -> None:
        (await session.get_one(Conversation, chat.id)).turn_at = clock.now() - timedelta(days=1)
        (await session.get_one(Conversation, later.id)).turn_at = clock.now()

    await do(use)
    await noted(do, order)
    move_clock(timedelta(hours=4))
    (found,) = await do(feedback.due)
    assert found.conversation.id == later.id


async def test_a_rating_keeps_order_customer_and_channel_and_one_is_all_an_order_gets(
    do, ask, ani, order, chat
):
    rating = await do(feedback.record, chat, order, score=4)
    assert (rating.about, rating.order_id, rating.customer_id) == ("order", order.id, ani.id)
    assert (rating.channel, rating.conversation_id, rating.score) == ("website", chat.id, 4)
    with pytest.raises(AlreadyRated):
        await do(feedback.record, chat, order, score=1)
    assert (await ask(feedback.rating_of, order)).score == 4
    assert await noted(do, order) is None


async def test_two_conversations_that_rate_an_order_at_once_leave_one_rating(do, ask, ani, order, chat):
    other = await do(talk, "77", ani, channel="telegram")
    results = await asyncio.gather(
        do(feedback.record, chat, order, score=5),
        do(feedback.record, other, order, score=1),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRated", "Rating"]

    async def count(session) -> int:
        return await session.scalar(select(func.count()).select_from(Rating))

    assert await ask(count) == 1


@pytest.mark.parametrize("score", [0, 6, -1])
async def test_another_score_is_refused(do, order, chat, score):
    with pytest.raises(ValueError):
        await do(feedback.record, chat, order, score=score)


@pytest.mark.parametrize(("score", "low"), [(1, True), (2, True), (3, False), (5, False)])
def test_one_and_two_are_low(score, low):
    assert feedback.is_low(score) is low


async def test_without_an_order_it_is_the_shops_rating_and_the_later_one_counts(do, ani, order, chat):
    first = await do(feedback.record, chat, None, score=2)
    again = await do(feedback.record, chat, None, score=5)
    assert (first.id, again.score, again.about, again.order_id) == (again.id, 5, "shop", None)
    assert again.customer_id == ani.id


async def test_words_belong_to_the_latest_rating_of_the_episode_and_only_once(
    do, ask, ani, order, chat, move_clock
):
    stranger = await do(talk, "another stranger")
    await do(feedback.record, stranger, None, score=3)
    await do(feedback.record, chat, order, score=4)
    assert (await do(feedback.comment, chat, " Շատ լավ էր ")).comment == "Շատ լավ էր"
    assert await do(feedback.comment, chat, "more") is None
    assert (await ask(feedback.rating_of, order)).comment == "Շատ լավ էր"
    move_clock(timedelta(hours=30))
    assert await do(feedback.comment, stranger, "too late") is None


async def test_only_delivered_orders_that_the_conversation_knows_can_be_rated(do, ask, ani, order, chat):
    other = await do(people.nino)
    theirs = await do(people.order, other, delivered_days_ago=1)
    asked_about = await do(people.order, ani, delivered_days_ago=2)
    await do(people.order, ani, delivered_days_ago=3)  # Ani's too, but neither shown nor asked about here
    await do(people.order, ani)
    assert await ask(feedback.known_orders, chat) == []  # linked, but not confirmed now

    async def ask_about(session) -> None:
        request = await feedback.request_due(session, asked_about)
        line = conversations.Line("?", name="utter_rate_your_order")
        await feedback.asked(session, request, await conversations.tell(session, chat, line))

    await do(ask_about)
    assert [known.number for known in await ask(feedback.known_orders, chat)] == [asked_about.number]
    await do(identity.grant_order, chat, customer_id=ani.id, order_id=order.id)
    numbers = [known.number for known in await ask(feedback.known_orders, chat)]
    assert numbers == [order.number, asked_about.number]
    assert theirs.number not in numbers


async def test_who_names_no_order_means_the_latest_delivered_of_two_months_without_a_rating(
    do, ask, ani, order, chat
):
    recent = await do(people.order, ani, delivered_days_ago=50)
    old = await do(people.order, ani, delivered_days_ago=61)
    known = [order, recent, old]
    meant = [(await ask(feedback.likeliest, known)).number]
    await do(feedback.record, chat, order, score=5)
    meant.append((await ask(feedback.likeliest, known)).number)
    await do(feedback.record, chat, recent, score=5)
    assert meant == [order.number, recent.number]
    assert await ask(feedback.likeliest, known) is None
