"""Whoever leaves for good leaves nobody waiting for them: what they had is in the queue again, at its old place."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import conversations, handoffs, handoffs_leaving, handoffs_list, staff, staff_sessions
from crm_store.errors import NotYours, SignedOut
from crm_store.models import AuditRow, Conversation, Staff
from tests.crm_store import people


async def waits(session, address: str) -> Conversation:
    talk = await conversations.start(session, channel="website", address=address, language="hy")
    await conversations.accept(session, talk, text="մարդ եմ ուզում", external_id="1")
    await handoffs.ask(session, talk, reason="asked_for_person")
    return talk


@pytest.fixture
async def mariam(do) -> Staff:
    return await do(people.mariam)


@pytest.fixture
async def gor(do) -> Staff:
    """A colleague, signed in."""
    gor = await do(member, "Gor", "agent")
    await do(staff_sessions.new_session, gor)
    return gor


async def member(session, name: str, role: str) -> Staff:
    about = {"email": f"{name.lower()}@shop.example", "name": name, "role": role, "language": "en"}
    return await staff.add(session, **about, password_hash="none")


@pytest.fixture
async def hers(do, mariam, gor) -> Conversation:
    """Mariam has this one; Gor has another, and a third waits."""
    await do(waits, "first")
    hers, his = await do(waits, "ani"), await do(waits, "nino")
    await do(handoffs.take, hers, mariam)
    await do(handoffs.take, his, gor)
    return hers


async def acts(store) -> list[tuple]:
    async with store.read() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.act.like("handoff.%")))
        return [(row.act, row.staff_id, row.subject) for row in rows]


async def session_of(do, ask, person):
    return await ask(staff_sessions.signed_in, await do(staff_sessions.new_session, person))


@pytest.mark.parametrize("how", ["signed out", "idle", "twelve hours", "disabled", "a new password"])
async def test_when_the_last_session_has_ended_it_waits_at_its_old_place(
    do, ask, store, mariam, hers, how, move_clock
):
    one, two = await session_of(do, ask, mariam), await session_of(do, ask, mariam)
    asked_at = (await ask(handoffs.open_one, hers)).asked_at
    await do(staff_sessions.sign_out, one)
    assert hers.id not in [talk.id for talk in await ask(handoffs_leaving.left_behind)]
    assert await do(handoffs_leaving.give_back_left, hers) is None  # she is still here, elsewhere
    match how:
        case "signed out":
            await do(staff_sessions.sign_out, two)
        case "idle":
            move_clock(timedelta(minutes=31))
        case "twelve hours":
            for minutes in range(20, 12 * 60, 20):
                move_clock(timedelta(minutes=minutes))
                await do(staff_sessions.note_use, two)
            assert hers.id not in [talk.id for talk in await ask(handoffs_leaving.left_behind)]
            move_clock(timedelta(hours=12, seconds=1))
        case "disabled":
            await do(staff.disable, mariam)
        case "a new password":
            await do(staff.set_password, mariam, "other")
    assert hers.id in [talk.id for talk in await ask(handoffs_leaving.left_behind)]
    assert (await do(handoffs_leaving.give_back_left, hers)).id == mariam.id
    assert await do(handoffs_leaving.give_back_left, hers) is None
    handoff = await ask(handoffs.open_one, hers)
    assert (handoff.state, handoff.staff_id, handoff.asked_at) == ("waiting", None, asked_at)
    assert await ask(handoffs_list.position, handoff) == 2
    async with store.read() as session:
        assert (await session.get_one(Conversation, hers.id)).status == "waiting"
    assert await acts(store) == [("handoff.left", None, hers.public_id)]


async def test_who_signs_in_again_in_time_keeps_it(do, ask, store, mariam, hers):
    assert hers.id in [talk.id for talk in await ask(handoffs_leaving.left_behind)]
    await do(staff_sessions.new_session, mariam)  # between the look and the deed
    assert await do(handoffs_leaving.give_back_left, hers) is None
    assert (await ask(handoffs.open_one, hers)).staff_id == mariam.id and await acts(store) == []


async def test_who_has_it_gives_it_back_and_somebody_else_takes_it(do, ask, store, mariam, gor, hers):
    assert await do(handoffs_leaving.give_back, hers, mariam) is None
    assert (await ask(handoffs.open_one, hers)).state == "waiting" and await acts(store) == []
    _, new = await do(handoffs.take, hers, gor)
    assert new


@pytest.mark.parametrize("role", ["lead", "owner"])
async def test_leads_and_owners_give_back_what_a_colleague_has_on_record(
    do, ask, store, mariam, gor, hers, role
):
    other = await do(member, "Vahan", role)
    assert (await do(handoffs_leaving.give_back, hers, other)).id == mariam.id
    assert (await ask(handoffs.open_one, hers)).state == "waiting"
    assert await acts(store) == [("handoff.give_back", other.id, hers.public_id)]
    with pytest.raises(NotYours):
        await do(handoffs_leaving.give_back, hers, other)  # it waits already
    assert len(await acts(store)) == 1


async def test_an_agent_gives_back_nothing_of_a_colleague(do, ask, store, mariam, gor, hers):
    with pytest.raises(NotYours):
        await do(handoffs_leaving.give_back, hers, gor)
    assert (await ask(handoffs.open_one, hers)).staff_id == mariam.id and await acts(store) == []


@pytest.mark.parametrize(("role", "seen"), [("agent", [None]), ("lead", [None, "Gor", "Mariam"])])
async def test_leads_see_in_the_list_what_colleagues_have(do, ask, hers, role, seen):
    listed = await ask(handoffs_list.listed, await do(member, "Vahan", role))
    assert sorted((row.by for row in listed), key=str) == sorted(seen, key=str)


async def test_ones_own_is_nobody_elses(do, ask, mariam, hers):
    assert [row.by for row in await ask(handoffs_list.listed, mariam)] == [None, None]


async def test_a_deed_of_somebody_whose_session_has_ended_is_refused(do, ask, mariam):
    one, two = await session_of(do, ask, mariam), await session_of(do, ask, mariam)
    await do(staff_sessions.sign_out, one)
    await do(staff_sessions.hold, two)
    with pytest.raises(SignedOut):
        await do(staff_sessions.hold, one)
    await do(staff.disable, mariam)
    with pytest.raises(SignedOut):
        await do(staff_sessions.hold, two)


async def test_a_deed_and_a_disabling_at_the_same_time_come_one_after_the_other(
    do, ask, database, store, mariam, hers
):
    """A deed that was let in is done before disabling is: what it took is found behind, and given back."""
    signed, talk = await session_of(do, ask, mariam), await do(waits, "late")
    held, other = asyncio.Event(), database.open()

    async def deed():
        async with store.write() as session:
            await staff_sessions.hold(session, signed)
            held.set()
            await asyncio.sleep(0.4)
            await handoffs.take(session, talk, mariam)

    async def disable():
        await held.wait()
        async with other.write() as session:
            await staff.disable(session, mariam)
            left = await handoffs_leaving.left_behind(session)
            return [talk.id for talk in left]

    _, left = await asyncio.gather(deed(), disable())
    await other.close()
    assert talk.id in left


@pytest.mark.parametrize("how", ["sign_out", "disable", "note_use"])
async def test_a_deed_that_takes_long_lets_no_end_and_no_use_of_its_session_fail(
    do, ask, database, store, mariam, how
):
    signed, held, other = await session_of(do, ask, mariam), asyncio.Event(), database.open()

    async def deed():
        async with store.write() as session:
            await staff_sessions.hold(session, signed)
            held.set()
            await asyncio.sleep(2.4)  # longer than a statement may take

    async def beside():
        await held.wait()
        async with other.write() as session:
            await (
                staff.disable(session, mariam)
                if how == "disable"
                else getattr(staff_sessions, how)(session, signed)
            )

    await asyncio.gather(deed(), beside())
    await other.close()
    here = await ask(lambda session: session.scalar(staff_sessions.present().limit(1)))
    assert (here == mariam.id) == (how == "note_use")
