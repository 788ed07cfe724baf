"""Every route × who asks: the whole matrix, read from the router. A new route needs a line in bot/sign_in/policy.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from barev.settings import Settings, load_secrets
from bot.app import make_app
from bot.sign_in import policy
from crm_store.db import Store
from crm_store.models import AuditRow
from tests.bot.conftest import Gateway
from tests.bot.sign_in.hands import Seat, member
from tests.rig.ports import free_port

Seats = Callable[[], Seat]

ASKERS = ("none", "visitor", "other visitor", "agent", "lead", "owner")
ROLES = ("agent", "lead", "owner")
IN_PATHS = {"name": "staff.css", "customer": "nobody", "topic": "shipping"}
"""What stands for the names in a path; none of it is there, but that is for the handler to say."""
KEPT_OUT = (401, 403)


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
