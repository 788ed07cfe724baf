"""An agent goes away: the shopper hears it once and waits for somebody else; a broken line alone changes nothing."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from bot.desk import deeds
from crm_store import staff, staff_sessions
from crm_store.models import Conversation
from tests.bot.desk.test_desk import in_list, status_of


async def status(store, shopper) -> str:
    async with store.read() as session:
        return (await session.get_one(Conversation, shopper.row_id)).status


@pytest.mark.parametrize("how", ["signed out", "disabled"])
async def test_within_three_seconds_it_waits_again_and_the_shopper_is_told_once(
    gateway, agents, waiting, store, how
):
    shopper = await waiting("մարդ եմ ուզում", "hy")
    mariam, gor = await agents("Mariam"), await (await agents("Gor")).desk()
    desk = await mariam.desk()
    await desk.take(shopper.id)
    await in_list(gor, shopper.id, present=False)
    if how == "disabled":  # from the command line: another process, which wakes nobody here
        async with store.write() as session:
            await staff.disable(session, mariam.person)
    else:
        assert (await mariam.seat.post("/staff/sign-out", {})).status == 303
    async with asyncio.timeout(3):
        await in_list(gor, shopper.id, state="waiting")
    await status_of(shopper, status="waiting", queue=1)
    names = []
    while "utter_person_left" not in names:
        frame = await shopper.client.next("message")
        names.append(frame["name"])
    assert "Mariam" in frame["text"] and frame["language"] == "hy" and frame["author"] == "system"
    frames = await shopper.client.say("բարև")  # the assistant answers meanwhile
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"] == ["utter_greet"]
    await asyncio.sleep(2.5)  # at the next look it is told no more
    await gor.take(shopper.id)
    said = [await shopper.client.next("message")]
    while said[-1]["name"] != "utter_person_joined":
        said.append(await shopper.client.next("message"))
    assert "utter_person_left" not in [frame["name"] for frame in said]
    assert await status(store, shopper) == "agent"


async def test_who_only_lost_the_line_keeps_it_until_thirty_minutes_have_passed(
    agents, waiting, store, move_clock
):
    shopper = await waiting()
    desk = await (await agents("Mariam")).desk()
    await desk.take(shopper.id)
    await desk.socket.close()
    await asyncio.sleep(2.5)
    assert await status(store, shopper) == "agent"
    move_clock(timedelta(minutes=31))  # nobody did anything: the session has ended
    await status_of(shopper, status="waiting")


async def test_a_lead_sees_what_a_colleague_has_and_gives_it_back(agents, waiting, store):
    shopper = await waiting()
    mariam, lead = await (await agents("Mariam")).desk(), await (await agents("Vahan", role="lead")).desk()
    await mariam.take(shopper.id)
    await in_list(lead, shopper.id, state="taken", by="Mariam")
    assert (await in_list(mariam, shopper.id, state="taken"))["by"] is None
    whole = await lead.ask("open", shopper.id, "conversation")
    assert whole["may"] == {"give_back": True, "reveal": True} and not whole["mine"]
    await lead.send("give_back", shopper.id)
    assert (await mariam.next("state", state="waiting"))["mine"] is False
    said = await shopper.client.next("message")
    while said["name"] != "utter_person_left":
        said = await shopper.client.next("message")
    assert await status(store, shopper) == "waiting"


async def test_what_a_page_sends_by_itself_keeps_no_session_alive(gateway, agents, waiting, move_clock):
    shopper = await waiting()
    mariam = await agents("Mariam")
    desk = await mariam.desk()
    await desk.take(shopper.id)
    move_clock(timedelta(minutes=20))
    again = await mariam.desk()  # a broken line
    await again.ask("open", shopper.id, "conversation")
    await again.send("read", shopper.id, seq=1)
    await again.ask("history", shopper.id, "history", before=2)
    await again.send("close")
    assert (await mariam.seat.http.head(f"{gateway.url}/desk", allow_redirects=False)).status == 200
    move_clock(timedelta(minutes=31))
    await status_of(shopper, status="waiting")


@pytest.mark.parametrize("frame", ["take", "message", "typing", "give_back", "resolve", "reveal"])
async def test_what_a_person_does_begins_the_thirty_minutes_anew(agents, waiting, store, move_clock, frame):
    shopper = await waiting()
    desk = await (await agents("Mariam")).desk()
    await desk.take(shopper.id)
    move_clock(timedelta(minutes=20))
    more = {"id": str(uuid.uuid4()), "text": "Hello"} if frame == "message" else {}
    await desk.send(
        frame, shopper.id, **more, **({"reason": "needed_to_answer"} if frame == "reveal" else {})
    )
    await desk.ask("open", "no-such-conversation", "error", last_seq=0)
    move_clock(timedelta(minutes=40))
    await asyncio.sleep(2.5)
    async with store.read() as session:
        assert await session.scalar(staff_sessions.present().limit(1))


async def test_one_that_cannot_be_given_back_keeps_no_other_from_it(
    agents, gateway, waiting, store, monkeypatch
):
    shoppers = [await waiting() for _ in range(3)]
    mariam = await agents("Mariam")
    desk = await mariam.desk()
    for shopper in shoppers:
        await desk.take(shopper.id)
    real = deeds.give_back_left

    async def broken(session, rendering, conversation):
        if conversation.id == min(shopper.row_id for shopper in shoppers):
            raise RuntimeError("a defect")
        return await real(session, rendering, conversation)

    monkeypatch.setattr(deeds, "give_back_left", broken)
    async with store.write() as session:
        await staff.disable(session, mariam.person)
    async with asyncio.timeout(5):
        for shopper in shoppers[1:]:
            await status_of(shopper, status="waiting")
    assert await status(store, shoppers[0]) == "agent"
