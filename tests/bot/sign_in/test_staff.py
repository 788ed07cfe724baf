"""Signing in over HTTP: who gets in, where they go on, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import select

from crm_store import staff
from crm_store.db import Store
from crm_store.models import AuditRow
from tests.bot.conftest import Gateway
from tests.bot.sign_in.hands import PASSWORD, Seat, member

Seats = Callable[[], Seat]


@pytest.mark.parametrize(("role", "room"), [("agent", "/desk"), ("lead", "/desk"), ("owner", "/owner")])
async def test_each_role_comes_to_its_room(seats: Seats, store: Store, role: str, room: str) -> None:
    await member(store, role)
    response = await seats().sign_in(f"{role}@shop.example")
    assert (response.status, response.headers["Location"]) == (303, room)


async def test_the_cookie_is_for_this_site_and_no_script(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    cookies = (await seats().sign_in("owner@shop.example")).headers.getall("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["barev_staff", "barev_device"]
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


async def test_wrong_password_unknown_and_disabled_are_told_alike(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    async with store.write() as session:
        gone = await staff.add(
            session, email="gone@shop.example", name="Gone", role="agent", language="en", password_hash="x"
        )
        await staff.disable(session, gone)
    browser, told = seats(), set()
    for email in ("owner@shop.example", "nobody@shop.example", "gone@shop.example"):
        response = await browser.sign_in(email, "not the password")
        assert response.status == 401
        told.add((await response.text()).replace(email, ""))
    assert len(told) == 1


async def test_an_address_that_no_database_can_hold_is_only_wrong(seats: Seats, store: Store) -> None:
    assert (await seats().sign_in("\0", "not the password")).status == 401


async def test_an_unknown_person_takes_as_long(
    seats: Seats, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = timedelta(minutes=5)
    monkeypatch.setattr(staff, "LIMITS", dict.fromkeys(staff.LIMITS, (1000, many)))
    await member(store, "owner")
    browser, took = seats(), {"owner@shop.example": [], "nobody@shop.example": []}  # type: ignore[var-annotated]
    for _ in range(15):
        for email, times in took.items():
            begun = perf_counter()
            await browser.sign_in(email, "not the password")
            times.append(perf_counter() - begun)
    known, unknown = (median(times) for times in took.values())
    assert abs(known - unknown) < 0.35 * known  # the hash takes nearly all of it


async def test_the_sixth_failed_sign_in_from_one_place_is_refused(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    browser = seats()
    for _ in range(5):
        assert (await browser.sign_in("owner@shop.example", "wrong wrong")).status == 401
    refused = await browser.sign_in("owner@shop.example")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "300")


async def test_a_known_device_gets_in_while_others_guess(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    owners, stranger = seats(), seats()
    await owners.sign_in("owner@shop.example")
    await owners.post("/staff/sign-out", {})
    for _ in range(6):
        last = await stranger.sign_in("owner@shop.example", "wrong wrong")
    assert last.status == 429
    assert (await owners.sign_in("owner@shop.example")).status == 303


async def test_a_form_of_another_site_signs_nobody_in(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    browser = seats()
    assert (await browser.sign_in("owner@shop.example", origin="https://evil.example")).status == 403
    assert (await browser.get("/staff/password")).status == 303


async def test_signing_out_ends_the_session_on_the_server(
    seats: Seats, gateway: Gateway, store: Store
) -> None:
    await member(store, "owner")
    browser = seats()
    cookie = (await browser.sign_in("owner@shop.example")).cookies["barev_staff"].value
    assert (await browser.get("/staff/password")).status == 200
    assert (await browser.post("/staff/sign-out", {})).status == 303
    kept = await seats().get("/staff/password", Cookie=f"barev_staff={cookie}")
    assert (kept.status, kept.headers["Location"]) == (303, "/staff/sign-in?next=/staff/password")


async def test_signing_in_gives_a_new_token_and_ends_the_session_before(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    browser = seats()
    first = (await browser.sign_in("owner@shop.example")).cookies["barev_staff"].value
    second = (await browser.sign_in("owner@shop.example")).cookies["barev_staff"].value
    assert first != second
    assert (await seats().get("/staff/password", Cookie=f"barev_staff={first}")).status == 303
    assert (await seats().get("/staff/password", Cookie="barev_staff=chosen-by-a-stranger")).status == 303


async def test_a_change_needs_the_token_of_the_session(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    browser = seats()
    await browser.sign_in("owner@shop.example")
    change = {"language": "hy"}
    for refused in (
        await browser.post("/staff/language", change, token=False),
        await browser.post("/staff/language", {**change, "form_token": "0" * 64}),
        await browser.post("/staff/language", change, origin="https://evil.example"),
    ):
        assert refused.status == 403
    assert (await browser.post("/staff/language", change)).status == 303
    assert 'lang="hy"' in await (await browser.get("/staff/password")).text()


async def test_after_signing_in_one_goes_to_pages_of_ours_only(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    for asked, after in (
        ("/owner/shop?saved=1", "/owner/shop?saved=1"),
        ("https://evil.example/owner", "/owner"),
        ("//evil.example/desk", "/owner"),
        ("/desk\\@evil.example", "/owner"),
        ("/staff/sign-out", "/owner"),
    ):
        form = {"email": "owner@shop.example", "password": PASSWORD, "next": asked}
        response = await seats().post("/staff/sign-in", form, token=False)
        assert response.headers["Location"] == after


async def test_a_one_time_password_opens_one_page_once(seats: Seats, store: Store) -> None:
    await member(store, "owner", one_time=True)
    browser = seats()
    await browser.sign_in("owner@shop.example")
    assert (await browser.get("/staff/password")).status == 200
    elsewhere = await browser.get("/owner")
    assert (elsewhere.status, elsewhere.headers["Location"]) == (303, "/staff/password")
    assert (await seats().sign_in("owner@shop.example")).status == 401
    weak = {"new": "owner of the shop", "again": "owner of the shop"}
    assert (await browser.post("/staff/password", weak)).status == 422
    chosen = {"new": "seven slow rivers", "again": "seven slow rivers"}
    assert (await browser.post("/staff/password", chosen)).headers["Location"] == "/owner"
    assert (await seats().sign_in("owner@shop.example", "seven slow rivers")).status == 303


async def test_every_act_leaves_one_row(seats: Seats, store: Store) -> None:
    await member(store, "owner")
    browser = seats()
    await browser.sign_in("owner@shop.example", "wrong wrong")
    await browser.sign_in("owner@shop.example")
    await browser.post("/staff/sign-out", {})
    async with store.read() as session:
        acts = list(await session.scalars(select(AuditRow.act).order_by(AuditRow.id)))
    assert acts == ["staff.add", "staff.sign_in_failed", "staff.sign_in", "staff.sign_out"]
