"""Who waits, in which order, and what nobody has looked at yet."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from crm_store import conversations, handoffs, handoffs_list
from crm_store.conversations import Line
from crm_store.models import Conversation, Handoff, Staff
from tests.crm_store import people


@pytest.fixture
async def waiting(store, move_clock) -> list[Conversation]:
    """Three wait, a minute apart, and one more talks to the bot."""
    talks = []
    for number, name in enumerate(("ani", "nino", "john")):
        move_clock(timedelta(minutes=number))
        async with store.write() as session:
            talk = await conversations.start(session, channel="website", address=name, language="en")
            await conversations.accept(session, talk, text=f"{name} wants a person", external_id="1")
            await handoffs.ask(session, talk, reason="asked_for_person")
            talks.append(talk)
    async with store.write() as session:
        quiet = await conversations.start(session, channel="website", address="gor", language="hy")
        await conversations.accept(session, quiet, text="noise", external_id="1")
    return talks


@pytest.fixture
async def mariam(store):
    async with store.write() as session:
        return await people.mariam(session)


async def ids(ask, staff) -> list[int]:
    return [row.conversation.id for row in await ask(handoffs_list.listed, staff)]


async def test_by_priority_then_the_oldest_first_and_so_is_the_place_in_the_queue(
    store, ask, waiting, mariam
):
    ani, nino, john = (talk.id for talk in waiting)
    assert await ids(ask, mariam) == [ani, nino, john]
    async with store.write() as session:
        await session.execute(update(Handoff).where(Handoff.conversation_id == john).values(priority=1))
    assert await ids(ask, mariam) == [john, ani, nino]
    async with store.read() as session:
        places = [
            await handoffs_list.position(session, await handoffs.open_one(session, talk)) for talk in waiting
        ]
    assert places == [2, 3, 1]


async def test_what_a_colleague_has_taken_is_not_listed_and_nobody_queues_behind_it(
    store, do, ask, waiting, mariam
):
    ani, nino, john = waiting
    async with store.write() as session:
        colleague = Staff(email="c@shop.example", name="Gor", role="agent", language="hy")
        colleague.password_hash, colleague.created_at = "none", mariam.created_at
        session.add(colleague)
    await do(handoffs.take, ani, colleague)
    assert await ids(ask, mariam) == [nino.id, john.id]
    assert await ids(ask, colleague) == [ani.id, nino.id, john.id]
    assert await ask(handoffs_list.waiting_conversations) == [nino.id, john.id]
    async with store.read() as session:
        assert await handoffs_list.position(session, await handoffs.open_one(session, nino)) == 1


async def test_unread_is_what_the_shopper_wrote_since_asking_until_who_has_it_looks(do, ask, waiting, mariam):
    ani = waiting[0]
    await do(conversations.tell, ani, Line("please wait", name="utter_handed_off"))
    await do(conversations.accept, ani, text="are you there?", external_id="2")
    row = next(row for row in await ask(handoffs_list.listed, mariam) if row.conversation.id == ani.id)
    assert (row.unread, row.words, row.channel) == (2, "are you there?", "website")
    await do(handoffs.take, ani, mariam)
    await do(handoffs.see, ani, mariam, seq=1)
    await do(handoffs.see, ani, mariam, seq=0)
    (row,) = [row for row in await ask(handoffs_list.listed, mariam) if row.conversation.id == ani.id]
    assert row.unread == 1
    await do(handoffs.see, ani, mariam, seq=999)
    await do(conversations.accept, ani, text="hello?", external_id="3")
    (row,) = [row for row in await ask(handoffs_list.listed, mariam) if row.conversation.id == ani.id]
    assert row.unread == 1


async def test_lines_of_people_carry_their_names(do, store, waiting, mariam):
    ani = waiting[0]
    await do(handoffs.take, ani, mariam)
    await do(handoffs.answer, ani, mariam, "Hello", client_id="c1")
    async with store.read() as session:
        lines = await conversations.transcript(session, ani)
        assert await handoffs_list.names_of(session, lines) == {mariam.id: "Mariam"}
        assert await handoffs_list.names_of(session, lines[:1]) == {}
