"""Who may do what at the desk: every frame × nobody, visitor, agent whose it is not, lead, owner; and every origin."""

import asyncio
import uuid
from typing import get_args

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.desk import frames, seat
from crm_store import identity, staff
from crm_store.models import AuditRow, Conversation, Message
from tests.crm_store import people

FRAMES = {
    "open": {},
    "history": {"before": 99},
    "take": {},
    "message": {"text": "Hello"},
    "typing": {},
    "read": {"seq": 99},
    "give_back": {},
    "resolve": {},
    "reveal": {"reason": "needed_to_answer"},
}
"""All frames that name a conversation."""
READS = ("open", "history", "reveal")

#: what each answers: about a conversation that waits, that the asker has, that a colleague has, where nobody asked
AGENT = {
    "open": ("fine", "fine", "not_found", "not_found"),
    "history": ("fine", "fine", "not_found", "not_found"),
    "reveal": ("not_yours", "fine", "not_found", "not_found"),
    "take": ("fine", "fine", "already_taken", "not_found"),
    "message": ("not_yours", "fine", "not_yours", "not_yours"),
    "typing": ("not_yours", "fine", "not_yours", "not_yours"),
    "read": ("not_yours", "fine", "not_yours", "not_yours"),
    "give_back": ("not_yours", "fine", "not_yours", "not_yours"),
    "resolve": ("not_yours", "fine", "not_yours", "not_yours"),
}
LEAD = {
    **AGENT,
    **{frame: ("fine", "fine", "fine", "not_found") for frame in READS},
    "give_back": ("not_yours", "fine", "fine", "not_yours"),
}
MAY = {"agent": AGENT, "lead": LEAD, "owner": LEAD}
STATES = ("waiting", "mine", "colleague's", "bot's")


def test_the_matrix_has_every_frame_there_is():
    names = {get_args(frame.model_fields["type"].annotation)[0] for frame in get_args(frames.Frame)}
    assert names == {*FRAMES, "close"} and all(set(table) == set(FRAMES) for table in MAY.values())


async def answer(desk, frame, conversation, **more):
    """ "fine", or the code of the error; a frame that answers nothing is fine when the next one is answered."""
    await desk.send(
        frame,
        conversation,
        **{**FRAMES[frame], **({"id": str(uuid.uuid4())} if frame == "message" else {}), **more},
    )
    await desk.send("open", "no-such-conversation")
    while True:
        received = await desk.socket.receive_json(timeout=5)
        if received["type"] == "error":
            return "fine" if received["conversation"] == "no-such-conversation" else received["code"]


@pytest.mark.parametrize("role", list(MAY))
async def test_every_frame_of_a_member_of_staff(agents, waiting, gateway, store, role):
    colleague = await (await agents("Gor")).desk()
    asker = await agents("Mariam", role=role)
    wrong = []
    for frame in FRAMES:
        for state, expected in zip(STATES, MAY[role][frame], strict=True):
            shopper = await waiting()
            async with store.write() as session:
                row = await session.get_one(Conversation, shopper.row_id)
                ani = await people.ani(session)
                await identity.grant_customer(session, row, customer_id=ani.id, method="code")
            desk = await asker.desk()
            if state == "mine":
                await desk.take(shopper.id)
            if state in ("colleague's", "bot's"):
                await colleague.take(shopper.id)
            if state == "bot's":
                await colleague.send("resolve", shopper.id)
                await colleague.next("state", state="over")
            before = await facts(store, shopper)
            got = await answer(desk, frame, shopper.id)
            if got != expected:
                wrong.append((frame, state, got, expected))
            if expected != "fine" and await facts(store, shopper) != before:
                wrong.append((frame, state, "changed something"))
            await desk.socket.close()
            await shopper.client.socket.close()
    assert wrong == []


async def facts(store, shopper):
    async with store.read() as session:
        row = await session.get_one(Conversation, shopper.row_id)
        opened = await session.scalar(select(func.count()).where(AuditRow.act == "customer.open"))
        said = await session.scalar(select(func.count()).where(Message.conversation_id == row.id))
        return row.status, row.last_seq, said, opened


async def test_without_a_conversation_a_frame_is_bad_and_one_that_does_not_exist_is_not_found(agents):
    desk = await (await agents()).desk()
    for frame in FRAMES:
        more = {"id": str(uuid.uuid4())} if frame == "message" else {}
        await desk.send(frame, None, **{**FRAMES[frame], **more})
        assert (await desk.next("error"))["code"] == "bad_frame"
        await desk.send(frame, "abc", **{**FRAMES[frame], **more})
        assert (await desk.next("error"))["code"] == "not_found"
    for bad in (
        '{"type":"take"',
        "[]",
        '{"type":"become_owner"}',
        '{"type":"reveal","conversation":"abc","reason":"curious"}',
    ):
        await desk.socket.send_str(bad)
        assert (await desk.next("error"))["code"] == "bad_frame"


async def test_nobody_and_a_visitor_open_no_desk(gateway, waiting):
    shopper = await waiting()
    for headers in (
        {},
        {"Authorization": f"Bearer {shopper.client.token}"},
        {"Cookie": f"barev_staff={shopper.client.token}"},
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await gateway.http.ws_connect(f"{gateway.url}/desk/v1/ws", origin=gateway.url, headers=headers)
        assert refused.value.status == 401
    async with gateway.http.get(f"{gateway.url}/desk", allow_redirects=False) as answer:
        assert answer.status == 401


async def test_a_visitors_socket_understands_no_frame_of_the_desk(waiting):
    shopper = await waiting()
    for frame, more in FRAMES.items():
        if frame in ("message", "typing", "read", "history"):
            continue  # the website channel has frames of these names; they know no conversation
        await shopper.client.send(type=frame, conversation=shopper.id, **more)
        assert (await shopper.client.next("error"))["code"] == "bad_frame"


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://127.0.0.1.evil.com",
        "http://evil.com",
        "https://127.0.0.1",
        "http://127.0.0.1:1",
        "",
    ],
)
async def test_only_our_own_pages_open_the_socket(agents, origin):
    mariam = await agents()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await mariam.seat.http.ws_connect(f"{mariam.seat.url}/desk/v1/ws", origin=origin)
    assert refused.value.status == 403


async def test_a_shops_page_that_may_open_the_chat_may_not_open_the_desk(gateway, agents):
    mariam = await agents()
    site = "https://shop.example"
    assert site not in gateway.settings.own_origins
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await mariam.seat.http.ws_connect(f"{mariam.seat.url}/desk/v1/ws", origin=site)


@pytest.mark.parametrize("how", ["disabled", "signed out"])
async def test_a_member_who_is_disabled_or_signed_out_loses_the_socket_within_three_seconds(
    agents, waiting, store, how
):
    shopper = await waiting()
    mariam = await agents()
    desk = await mariam.desk()
    await desk.take(shopper.id)
    if how == "disabled":
        async with store.write() as session:
            await staff.disable(session, mariam.person)
    else:
        assert (await mariam.seat.post("/staff/sign-out", {})).status == 303
    async with asyncio.timeout(3):
        while (received := await desk.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert received.type is aiohttp.WSMsgType.CLOSE and received.data == 4401
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await mariam.desk()


async def test_a_page_of_the_desk_is_kept_by_no_cache_and_framed_by_nobody(agents):
    mariam = await agents(language="ka")
    answer = await mariam.seat.get("/desk")
    text = await answer.text()
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert '<html lang="ka">' in text and "<script>" not in text


async def test_who_is_disabled_while_a_frame_is_under_way_takes_nothing(agents, waiting, store, monkeypatch):
    """The question asked with each frame came just before: only the deed's own transaction can tell."""
    shopper = await waiting()
    mariam = await agents()
    desk = await mariam.desk()

    async def used_just_before(request) -> bool:
        async with store.write() as session:
            await staff.disable(session, mariam.person)
        return True

    monkeypatch.setattr(seat, "used", used_just_before)
    before = await facts(store, shopper)
    await desk.send("take", shopper.id)
    async with asyncio.timeout(5):
        while (received := await desk.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert received.data == 4401 and await facts(store, shopper) == before


async def test_a_refused_answer_is_named_so_that_the_desk_sends_it_no_more(agents, waiting):
    shopper, desk, id_ = await waiting(), await (await agents()).desk(), str(uuid.uuid4())
    for conversation, code in ((shopper.id, "not_yours"), ("no-such-conversation", "not_found")):
        refused = await desk.ask("message", conversation, "error", id=id_, text="Hello")
        assert (refused["code"], refused["id"]) == (code, id_)
