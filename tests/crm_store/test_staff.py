"""Staff: sessions and their ends, sign-ins counted where nobody resets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from argon2 import extract_parameters
from sqlalchemy import select

from crm_store import passwords, staff, staff_sessions
from crm_store.db import Store
from crm_store.errors import AlreadyThere, WeakPassword
from crm_store.models import Staff, StaffSession
from tests.crm_store import people

Clock = Callable[[timedelta], None]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def mariam(do: Any) -> Staff:
    return await do(people.mariam)  # type: ignore[no-any-return]


async def attempt(
    do: Any, email: str, *, right: bool, source: str = "here", device: str | None = None
) -> str:
    """One sign-in: "refused", "wrong" or the token."""
    counted = await do(staff.begin_sign_in, email, source=source, device=device)
    if counted.refused:
        return "refused"
    found = await do(staff.finish_sign_in, counted, right=right)
    return found[0] if found else "wrong"


@pytest.mark.parametrize(
    "common",
    [
        "password1234",
        "P@ssw0rd2024!",
        "passwordpassword",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "iloveyou2025",
        "Welcome12345!",
        "administrator1",
        "abcdefghijkl",
        "0987654321qwerty",
        "correct horse battery staple",
        "my password is secret",
        "ԳԱՂՏՆԱԲԱՌ2025",
        "letmeinletmein",
        "Yerevan-2026-Armenia",
    ],
)
def test_what_everybody_tries_first_is_refused(common: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.good_enough(common)


@pytest.mark.parametrize(
    "good",
    [
        "four quiet herons walk",
        "seven slow rivers",
        "jabber-wock-42-tove",
        "ութ կանաչ խնձոր",
        "კატა ზის სახურავზე",
    ],
)
def test_words_that_belong_to_nobody_else_are_taken(good: str) -> None:
    assert passwords.good_enough(good) == good
    assert passwords.good_enough(passwords.random_password())


async def test_a_session_ends_after_thirty_idle_minutes(
    mariam: Staff, do: Any, ask: Any, move_clock: Clock
) -> None:
    token = await attempt(do, mariam.email, right=True)
    move_clock(29 * MINUTE)
    signed = await ask(staff_sessions.signed_in, token)
    assert staff_sessions.is_to_be_noted(signed)
    await do(staff_sessions.note_use, signed)
    move_clock(58 * MINUTE)
    assert await ask(staff_sessions.signed_in, token)
    move_clock(60 * MINUTE)
    assert await ask(staff_sessions.signed_in, token) is None
    await do(staff_sessions.note_use, signed)  # too late: it does not come back
    assert await ask(staff_sessions.signed_in, token) is None


async def test_a_session_ends_after_twelve_hours_whatever_is_done(
    mariam: Staff, do: Any, ask: Any, move_clock: Clock
) -> None:
    token = await attempt(do, mariam.email, right=True)
    for minutes in range(20, 12 * 60, 20):
        move_clock(minutes * MINUTE)
        await do(staff_sessions.note_use, await ask(staff_sessions.signed_in, token))
    move_clock(timedelta(hours=12))
    assert await ask(staff_sessions.signed_in, token) is None


async def test_disabling_ends_every_session_and_the_next_sign_in(mariam: Staff, do: Any, ask: Any) -> None:
    tokens = [await attempt(do, mariam.email, right=True) for _ in range(3)]
    counted = await do(staff.begin_sign_in, mariam.email, source="here")
    await do(staff.disable, mariam)
    assert [await ask(staff_sessions.signed_in, token) for token in tokens] == [None] * 3
    assert await do(staff.finish_sign_in, counted, right=True) is None  # also one that was under way
    assert await attempt(do, mariam.email, right=True) == "wrong"


async def test_only_the_hash_of_a_token_is_stored(mariam: Staff, store: Store, do: Any) -> None:
    token = await attempt(do, mariam.email, right=True)
    assert len(token) >= 43
    async with store.read() as session:
        rows = list(await session.scalars(select(StaffSession)))
    assert token not in str([vars(row) for row in rows])


async def test_the_sixth_failure_of_a_source_is_refused_for_five_minutes(
    mariam: Staff, do: Any, move_clock: Clock
) -> None:
    others = [f"nobody{number}@shop.example" for number in range(5)]
    assert [await attempt(do, email, right=False) for email in others] == ["wrong"] * 5
    assert await attempt(do, mariam.email, right=True) == "refused"
    assert len(await attempt(do, mariam.email, right=True, source="elsewhere")) > 40
    for _ in range(20):  # who goes on is not refused for longer
        assert await attempt(do, mariam.email, right=True) == "refused"
    move_clock(5 * MINUTE + timedelta(seconds=20))
    assert len(await attempt(do, mariam.email, right=True)) > 40


async def test_the_eleventh_failure_of_an_account_is_refused_but_not_for_a_known_device(
    mariam: Staff, do: Any, move_clock: Clock
) -> None:
    for number in range(10):
        assert await attempt(do, mariam.email, right=False, source=f"source {number}") == "wrong"
    assert await attempt(do, mariam.email, right=True, source="new") == "refused"
    known = {"device": mariam.public_id, "source": "new"}
    assert len(await attempt(do, mariam.email, right=True, **known)) > 40
    for _ in range(10):
        assert await attempt(do, mariam.email, right=False, **known) == "wrong"
    assert await attempt(do, mariam.email, right=True, **known) == "refused"
    move_clock(16 * MINUTE)
    assert len(await attempt(do, mariam.email, right=True, source="new")) > 40


async def test_right_passwords_are_not_counted(mariam: Staff, do: Any) -> None:
    assert all([len(await attempt(do, mariam.email, right=True)) > 40 for _ in range(12)])


async def test_tries_at_the_same_moment_do_not_slip_through(mariam: Staff, do: Any) -> None:
    tried = await asyncio.gather(*(do(staff.begin_sign_in, mariam.email, source="here") for _ in range(16)))
    assert sum(not one.refused for one in tried) == 5


async def test_a_one_time_password_is_good_once_and_for_a_day(
    mariam: Staff, do: Any, move_clock: Clock
) -> None:
    await do(staff.set_password, mariam, "hash", one_time=True)
    assert len(await attempt(do, mariam.email, right=True)) > 40
    assert await attempt(do, mariam.email, right=True) == "wrong"
    await do(staff.set_password, mariam, "hash", one_time=True)
    move_clock(timedelta(hours=25))
    assert await attempt(do, mariam.email, right=True) == "wrong"


async def test_a_password_that_was_changed_meanwhile_does_not_sign_in(mariam: Staff, do: Any) -> None:
    counted = await do(staff.begin_sign_in, mariam.email, source="here")
    await do(staff.set_password, mariam, "another hash")
    assert await do(staff.finish_sign_in, counted, right=True) is None


async def test_an_address_is_there_once_in_any_letters(mariam: Staff, do: Any) -> None:
    who = {"name": "Ani", "role": "agent", "language": "hy", "password_hash": "x"}
    with pytest.raises(AlreadyThere):
        await do(staff.add, email="MARIAM@shop.example ", **who)
    for wrong in ({"role": "king"}, {"language": "ru"}, {"name": " "}, {"email": "nobody"}):
        with pytest.raises(ValueError):
            await do(staff.add, **{"email": "new@shop.example", **who, **wrong})


async def test_a_hash_of_nobody_takes_as_much_work() -> None:
    assert extract_parameters(passwords.NOBODYS) == extract_parameters(await passwords.hashed("any password"))
    assert not await passwords.is_right(None, "x" * 15)


@pytest.mark.parametrize(
    "weak", ["short one", "aaaaaaaaaaaaaaaa", "mariam 12345678", "x" * 129, "121212121212"]
)
def test_a_password_that_others_guess_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.good_enough(weak, not_like=("mariam",))
