"""A person takes a conversation, answers, and gives it back: to the bot, or to the waiting list."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import conversations, feedback_help, handoffs, identity
from crm_store.conversations import Line
from crm_store.errors import AlreadyTaken, NotFound, NotYours
from crm_store.models import Conversation, Delivery, Episode, Message, Staff
from tests.crm_store import people


@pytest.fixture
async def team(store) -> list[Staff]:
    """Mariam and thirty-one colleagues."""
    async with store.write() as session:
        mariam = await people.mariam(session)
        others = [
            Staff(email=f"a{n}@shop.example", name=f"Agent {n}", role="agent", language="en")
            for n in range(31)
        ]
        for other in others:
            other.password_hash, other.created_at = "none", mariam.created_at
            session.add(other)
    return [mariam, *others]


@pytest.fixture
async def talk(store, noise_of_talks) -> Conversation:
    """Ani waits, with a form open."""
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address="ani", language="hy")
        await conversations.accept(session, talk, text="մարդ եմ ուզում", external_id="1")
        await handoffs.ask(session, talk, reason="asked_for_person")
        talk.form = "order_form"
    return talk


@pytest.fixture
async def noise_of_talks(store) -> Conversation:
    """Nino waits too, and is never asked about."""
    async with store.write() as session:
        nino = await conversations.start(session, channel="telegram", address="55", language="ka")
        await conversations.accept(session, nino, text="ადამიანი მინდა", external_id="1")
        await handoffs.ask(session, nino, reason="asked_for_person")
    return nino


async def row_of(store, talk) -> Conversation:
    async with store.read() as session:
        return await session.get_one(Conversation, talk.id)


async def test_of_32_who_take_at_once_exactly_one_gets_it_and_the_others_hear_who(
    database, store, talk, team
):
    async def one(staff):
        own = database.open()
        try:
            async with own.write() as session:
                _, new = await handoffs.take(session, await session.get_one(Conversation, talk.id), staff)
                return staff.name, new
        except AlreadyTaken as taken:
            return taken.by, False
        finally:
            await own.close()

    results = await asyncio.gather(*(one(staff) for staff in team))
    assert [new for _, new in results].count(True) == 1
    (winner,) = {name for name, _ in results}
    async with store.read() as session:
        handoff = await handoffs.open_one(session, talk)
        assert (await session.get_one(Staff, handoff.staff_id)).name == winner
    assert (await row_of(store, talk)).status == "agent"


async def test_taking_again_what_one_has_changes_nothing(do, talk, team):
    first, new = await do(handoffs.take, talk, team[0])
    second, again = await do(handoffs.take, talk, team[0])
    assert (new, again, first.id, first.taken_at) == (True, False, second.id, second.taken_at)


async def test_nobody_takes_a_conversation_that_does_not_wait(do, store, talk, team):
    async with store.write() as session:
        quiet = await conversations.start(session, channel="website", address="gor", language="hy")
    with pytest.raises(NotFound):
        await do(handoffs.take, quiet, team[0])


async def test_an_answer_is_a_line_of_the_transcript_with_its_author_and_is_stored_once(
    do, store, talk, team
):
    await do(handoffs.take, talk, team[0])
    one, new = await do(handoffs.answer, talk, team[0], "Բարև Ձեզ", client_id="c1")
    two, again = await do(handoffs.answer, talk, team[0], "Բարև Ձեզ", client_id="c1")
    assert (new, again, one.id) == (True, False, two.id)
    assert (one.author, one.staff_id, one.text, one.seq) == ("agent", team[0].id, "Բարև Ձեզ", 2)
    await do(handoffs.resolve, talk, team[0], say=[])
    late, again = await do(handoffs.answer, talk, team[0], "Բարև Ձեզ", client_id="c1")
    assert (late.id, again) == (one.id, False)


async def test_an_answer_to_a_telegram_shopper_is_pushed(do, store, noise_of_talks, team):
    await do(handoffs.take, noise_of_talks, team[0])
    message, _ = await do(handoffs.answer, noise_of_talks, team[0], "გამარჯობა", client_id="c1")
    async with store.read() as session:
        (delivery,) = (await session.scalars(select(Delivery))).all()
    assert (delivery.message_id, delivery.address) == (message.id, "55")


@pytest.mark.parametrize("deed", ["answer", "resolve", "see"])
@pytest.mark.parametrize("whose", ["nobody's", "a colleague's"])
async def test_only_who_has_it_may_act(do, store, talk, team, deed, whose):
    if whose == "a colleague's":
        await do(handoffs.take, talk, team[1])
    before = (await row_of(store, talk)).last_seq
    with pytest.raises(NotYours):
        match deed:
            case "answer":
                await do(handoffs.answer, talk, team[0], "Hello", client_id="c1")
            case "resolve":
                await do(handoffs.resolve, talk, team[0], say=[Line("Bye")])
            case "see":
                await do(handoffs.see, talk, team[0], seq=1)
    after = await row_of(store, talk)
    assert (after.last_seq, after.status) == (before, "agent" if whose == "a colleague's" else "waiting")


async def test_resolved_the_bot_has_it_again_with_a_fresh_rasa_and_a_new_episode(do, store, talk, team):
    await do(handoffs.take, talk, team[0])
    handoff = await do(handoffs.resolve, talk, team[0], say=[Line("I am back", name="utter_bot_resumes")])
    row = await row_of(store, talk)
    assert (handoff.state, handoff.resolved_at is not None) == ("resolved", True)
    assert (row.status, row.form, row.rasa_number, row.rasa_turns) == ("bot", None, 2, 0)
    await do(conversations.accept, talk, text="և ևս մեկ բան", external_id="2")
    async with store.read() as session:
        said = await session.scalar(select(Message).where(Message.name == "utter_bot_resumes"))
        episodes = (
            await session.scalars(
                select(Episode).where(Episode.conversation_id == talk.id).order_by(Episode.id)
            )
        ).all()
    assert said.author == "bot" and said.episode_id == handoff.episode_id == episodes[0].id
    assert [episode.ended_at is None for episode in episodes] == [False, True]


async def test_a_resolved_conversation_can_wait_and_be_taken_again(do, talk, team):
    await do(handoffs.take, talk, team[0])
    await do(handoffs.resolve, talk, team[0], say=[])
    await do(conversations.accept, talk, text="նորից", external_id="2")
    second, new = await do(handoffs.ask, talk, reason="unhappy")
    assert new
    taken, _ = await do(handoffs.take, talk, team[1])
    assert taken.id == second.id


async def test_who_waits_no_more_has_the_bot_again_and_may_ask_anew(do, store, talk, team):
    withdrawn = await do(handoffs.withdraw, talk)
    assert (withdrawn.state, (await row_of(store, talk)).status) == ("withdrawn", "bot")
    assert await do(handoffs.withdraw, talk) is None
    with pytest.raises(NotFound):
        await do(handoffs.take, talk, team[0])
    again, new = await do(handoffs.ask, talk, reason="asked_for_person")
    assert new and again.id != withdrawn.id


async def test_once_a_person_has_come_nothing_is_withdrawn(do, store, talk, team):
    await do(handoffs.take, talk, team[0])
    assert await do(handoffs.withdraw, talk) is None
    assert (await row_of(store, talk)).status == "agent"


async def test_a_message_answered_after_its_episode_has_ended_can_ask_and_be_granted_in_a_new_one(
    do, store, talk, team
):
    first, _ = await do(handoffs.take, talk, team[0])
    await do(handoffs.resolve, talk, team[0], say=[])
    ani = await do(people.ani)
    grant = await do(identity.grant_customer, talk, customer_id=ani.id, method="code")
    asked, new = await do(handoffs.ask, talk, reason="asked_for_person")
    assert new and asked.episode_id == grant.episode_id != first.episode_id
    async with store.read() as session:
        assert await identity.level(session, talk) == 2


async def test_the_help_is_rated_once_with_who_gave_it(do, ask, store, talk, team, move_clock):
    assert await do(feedback_help.record, talk, score=5) is None
    handoff, _ = await do(handoffs.take, talk, team[0])
    assert not await ask(feedback_help.may_be_asked, talk, handoff)
    await do(handoffs.answer, talk, team[0], "Hello", client_id="c1")
    assert await ask(feedback_help.may_be_asked, talk, handoff)
    await do(handoffs.resolve, talk, team[0], say=[])
    move_clock(timedelta(minutes=5))
    first = await do(feedback_help.record, talk, score=2)
    second = await do(feedback_help.record, talk, score=4)
    assert (first.id, second.score, second.staff_id) == (second.id, 4, team[0].id)
    assert (second.about, second.episode_id, second.channel) == ("help", handoff.episode_id, "website")
    with pytest.raises(ValueError):
        await do(feedback_help.record, talk, score=6)
