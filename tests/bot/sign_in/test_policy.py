"""Every route and every socket message × who asks: the whole matrix, read from the router and the frames.

A new route needs a line in bot/sign_in/policy.py; a new type of frame needs a line in FRAMES here.
"""

from __future__ import annotations

import json
import typing
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import func, select

from barev.settings import Settings, load_secrets
from bot.app import make_app
from bot.channels import frames
from bot.sign_in import policy
from crm_store import conversations_buttons, staff
from crm_store.db import Store
from crm_store.models import AuditRow, Conversation, Message, Staff
from tests.bot.conftest import Client, Gateway
from tests.bot.desk.hands import Waiting, agent, wait_for_person
from tests.bot.sign_in.hands import Seat, member
from tests.rig.ports import free_port

Seats = Callable[[], Seat]

ASKERS = ("none", "visitor", "other visitor", "agent", "lead", "owner")
ROLES = ("agent", "lead", "owner")
IN_PATHS = {"name": "staff.css", "customer": "nobody", "topic": "shipping"}
"""What stands for the names in a path; none of it is there, but that is for the handler to say."""
KEPT_OUT = (401, 403)

FRAMES: dict[str, tuple[dict[str, Any], str]] = {
    "hello": ({"token": None, "language": "en", "last_seq": 0}, "first"),
    "message": ({"text": "hello"}, "own"),
    "button": ({"button": "nobodys"}, "own"),
    "language": ({"language": "ka"}, "own"),
    "history": ({"before": 10}, "own"),
    "typing": ({}, "own"),
    "read": ({"seq": 1}, "own"),
}
"""Every type of a client's frame: the rest of it, and whether it opens a conversation or needs one's own."""


def every_route(tmp: Any) -> list[tuple[str, str]]:
    """The routes of a gateway that has everything switched on."""
    settings = Settings(
        data_dir=tmp, public_url="https://chat.shop.example", telegram_token="1:abc", port=free_port()
    )
    app = make_app(settings, load_secrets(settings))
    return sorted(set(policy.routes_of(app)))


def test_a_route_that_nobody_has_decided_on_stops_the_start(tmp_path: Any) -> None:
    policy.check(every_route(tmp_path))
    with pytest.raises(policy.RoutesWithoutPolicy, match="GET /owner/secrets"):
        policy.check([("GET", "/owner"), ("GET", "/owner/secrets")])


def test_no_line_of_the_table_is_without_a_route(tmp_path: Any) -> None:
    there = {(("GET" if method == "HEAD" else method), path) for method, path in every_route(tmp_path)}
    assert set(policy.ROUTES) == there


def test_rooms_are_for_whom_they_are_built() -> None:
    """Said here a second time, so that a slip in the table is seen."""
    for (method, path), who in policy.ROUTES.items():
        room = path.split("/")[1]
        signing_in = path.startswith(("/staff/sign-in", "/staff/static/"))
        wanted = {"owner": "owner", "desk": "agent", "staff": "public" if signing_in else "agent"}
        assert room not in wanted or who == wanted[room], (method, path)
        assert room in wanted or who in policy.OPEN, (method, path)


def test_a_word_that_is_no_policy_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(policy.ROUTES, ("GET", "/owner"), "everybody")
    with pytest.raises(policy.RoutesWithoutPolicy):
        policy.check([("GET", "/owner")])
    assert not policy.allows("owner", "GET", "/owner")


async def asked(seats: Seats, gateway: Gateway, store: Store, asker: str) -> Seat:
    """A browser of this asker. A visitor's token is sent where a session's would be: it must open nothing."""
    seat = seats()
    if asker in ROLES:
        await member(store, asker)
        assert (await seat.sign_in(f"{asker}@shop.example")).status == 303
    elif asker != "none":
        visitor = await gateway.visitor()
        seat.http.cookie_jar.update_cookies({"barev_staff": visitor.token})
    return seat


@pytest.mark.parametrize("asker", ASKERS)
async def test_every_route_lets_in_whom_its_policy_names_and_nobody_else(
    seats: Seats, gateway: Gateway, store: Store, asker: str, tmp_path: Any
) -> None:
    seat = await asked(seats, gateway, store, asker)
    cells = 0
    for method, canonical in every_route(tmp_path):
        if canonical == "/telegram/updates":
            continue  # this gateway has no bot; tests/bot/channels/test_telegram_webhook.py asks it
        who = policy.who_may(method, canonical)
        path = canonical.format(**IN_PATHS)
        token = await seat.form_token() if method == "POST" else ""  # signing out takes it away
        response = await seat.http.request(
            method,
            f"{gateway.url}{path}",
            data={"form_token": token} if method == "POST" else None,
            headers={"Origin": gateway.url},
            allow_redirects=False,
        )
        cells += 1
        where = (asker, method, canonical, response.status)
        if who in policy.STAFF:
            allowed = asker in ROLES and ROLES.index(asker) >= ROLES.index(who)
            assert (response.status not in KEPT_OUT) == allowed, where
            if asker not in ROLES:
                assert response.status == 401, where
        elif (method, canonical) == ("POST", "/staff/sign-in"):
            assert response.status == 401, where  # nobody's password
        else:
            assert response.status not in KEPT_OUT, where
        if (method, canonical) == ("POST", "/staff/sign-out") and asker in ROLES:
            await seat.sign_in(f"{asker}@shop.example")
    assert cells == len(every_route(tmp_path)) - 1


@pytest.mark.parametrize("role", ["agent", "lead"])
async def test_what_is_refused_to_a_member_is_written_down_once(
    seats: Seats, store: Store, role: str
) -> None:
    await member(store, role)
    seat = seats()
    await seat.sign_in(f"{role}@shop.example")
    assert (await seat.get("/owner")).status == 403
    async with store.read() as session:
        refused = select(func.count(AuditRow.id)).where(AuditRow.act == "refused")
        assert await session.scalar(refused) == 1


async def test_a_staff_socket_of_another_site_is_refused_and_ends_when_signed_out(
    seats: Seats, store: Store, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk's socket is guarded like this one."""
    from bot.sign_in import guard
    from bot.sign_in.staff import DOOR

    async def open_socket(request: web.Request) -> web.StreamResponse:
        import asyncio

        socket = web.WebSocketResponse()
        await socket.prepare(request)
        watch = asyncio.create_task(guard.close_when_signed_out(request, socket))
        async for _ in socket:
            pass
        watch.cancel()
        return socket

    monkeypatch.setitem(policy.ROUTES, ("GET", "/socket"), "agent")
    app = web.Application(middlewares=[guard.guard])
    port = free_port()
    settings = gateway.settings.model_copy(update={"port": port})
    door = make_app(gateway.settings, load_secrets(gateway.settings))[DOOR]
    app[DOOR] = type(door)(store, settings, door.pages, door.secret)
    app.router.add_get("/socket", open_socket)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    person = await member(store, "agent")
    seat = seats()
    await seat.sign_in("agent@shop.example")
    url, own = f"http://127.0.0.1:{port}/socket", f"http://127.0.0.1:{port}"
    for headers in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await seat.http.ws_connect(url, headers=headers)
        assert refused.value.status == 403
    async with seat.http.ws_connect(url, headers={"Origin": own}) as socket:
        async with store.write() as session:
            await staff.disable(session, await session.get_one(Staff, person.id))
        message = await socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, guard.SIGNED_OUT)
    await runner.cleanup()


def test_every_type_of_frame_has_its_line() -> None:
    types = {
        typing.get_args(model.model_fields["type"].annotation)[0] for model in typing.get_args(frames.Frame)
    }
    assert set(FRAMES) == types


@pytest.mark.parametrize("asker", ["none", "stranger", "agent", "lead", "owner"])
@pytest.mark.parametrize("kind", FRAMES)
async def test_a_frame_of_nobody_opens_nothing(
    gateway: Gateway, seats: Seats, store: Store, kind: str, asker: str
) -> None:
    """Also of staff: no cookie means anything here, only the token of the first frame."""
    rest, needs = FRAMES[kind]
    first, seat = {"type": kind, "id": str(uuid.uuid4()), **rest}, seats()
    if asker in ROLES:
        await member(store, asker)
        assert (await seat.sign_in(f"{asker}@shop.example")).status == 303
        assert (await seat.get("/desk")).status == 200
    elif asker == "stranger":
        first |= {"token": "x" * 43}  # one that was never given out
    before = await talks(store)
    client = Client(await seat.http.ws_connect(f"{gateway.url}/chat/v1/ws", origin=gateway.url))
    await client.send(**first)
    if needs == "first" and asker != "stranger":
        assert (await client.next())["type"] == "welcome"
        assert (await client.next())["name"] == "utter_welcome"  # of a conversation of its own
        assert await talks(store) == before + 1
    else:
        assert (await client.next())["code"] == "unauthorized"
        assert await talks(store) == before


@pytest.mark.parametrize("kind", FRAMES)
async def test_a_frame_reaches_the_conversation_of_its_token_only(
    gateway: Gateway, store: Store, kind: str
) -> None:
    """A visitor and another one, both with an agent, so that each type does all that it can. The frame names the other
    in every way that a careless reader might obey."""
    visitor = await wait_for_person(gateway, store, "of the visitor", "en")
    other = await wait_for_person(gateway, store, "of the other", "en")
    mariam = await agent(gateway.url, store, "Mariam")
    desk, others_desk = await mariam.desk(), await mariam.desk()
    await desk.take(visitor.id)
    await others_desk.take(other.id)
    async with store.write() as session:
        row = await session.get_one(Conversation, other.row_id)
        await conversations_buttons.offer(session, row, title="Theirs", intent="ask_help", token="theirs")
    await quiet(visitor.client)
    await quiet(other.client)
    before = await kept(store, other)

    client = Client(await gateway.open()) if kind == "hello" else visitor.client
    rest = {**FRAMES[kind][0], **({"button": "theirs"} if kind == "button" else {})}
    named = {"conversation": other.id, "conversation_id": other.row_id}
    await client.send(**{"type": kind, "id": str(uuid.uuid4()), **rest, **named})
    came = await quiet(client)

    assert "of the other" not in json.dumps(came)
    assert await kept(store, other) == before
    assert await quiet(other.client) == []
    match kind:
        case "hello":
            assert [frame["type"] for frame in came] == ["welcome", "message"]
            assert "of the visitor" not in json.dumps(came)
        case "message":
            assert [frame["text"] for frame in came if frame["type"] == "message"] == ["hello"]
        case "button":
            assert [frame.get("code") for frame in came] == ["expired_button"]
        case "language":
            assert [frame["language"] for frame in came] == ["ka"]
        case "history":
            assert "of the visitor" in json.dumps(came)
        case "typing":
            assert (await desk.next("typing"))["conversation"] == visitor.id
        case "read":
            assert came == []
    assert await others_desk.silent("typing", 0.2)
    await mariam.seat.http.close()


async def talks(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count(Conversation.id))) or 0


async def kept(store: Store, whose: Waiting) -> list[Any]:
    """Everything that stands in the store of this conversation."""
    async with store.read() as session:
        talk = select(Conversation.__table__).where(Conversation.id == whose.row_id)
        said = select(Message.__table__).where(Message.conversation_id == whose.row_id).order_by(Message.seq)
        return [tuple(row) for query in (talk, said) for row in await session.execute(query)]


async def quiet(client: Client, seconds: float = 0.3) -> list[dict[str, Any]]:
    """What comes until nothing comes for so long."""
    came: list[dict[str, Any]] = []
    while True:
        try:
            came.append(await client.next(timeout=seconds))
        except TimeoutError:
            return came


async def test_a_staff_socket_whose_store_cannot_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.sign_in import guard

    class Socket:
        closed = False
        code: int | None = None

        async def close(self, *, code: int, message: bytes) -> None:
            self.closed, self.code = True, code

    async def away(request: Any) -> bool:
        raise OSError("the database is away")

    monkeypatch.setattr(guard, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(guard, "still_signed_in", away)
    socket = Socket()
    await guard.close_when_signed_out(None, socket)  # type: ignore[arg-type]
    assert socket.code == guard.COME_BACK
