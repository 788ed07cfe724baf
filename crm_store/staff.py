"""The people who work in the shop: who they are, and how they sign in. How long that lasts: staff_sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from barev.language import LANGUAGES
from crm_store import audit, counting
from crm_store.errors import AlreadyThere
from crm_store.models import Staff
from crm_store.models.staff import ROLES
from crm_store.staff_sessions import end, end_all, new_session

HELD = {"key_share": True}
"""Others may go on naming a member of staff whose row is held: without it PostgreSQL ends in a deadlock."""
ONE_TIME_LIFE = timedelta(hours=24)
LIMITS: dict[str, tuple[int, timedelta]] = {
    "staff_source": (5, timedelta(minutes=5)),
    "staff_account": (10, timedelta(minutes=15)),
    "staff_device": (10, timedelta(minutes=15)),
}
"""Failed sign-ins allowed per window (reliability A1). A device that has signed in to the account before is counted by
itself, so that nobody can lock its owner out."""
STEP = timedelta(seconds=10)
"""Windows slide in steps of this."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has been counted and is not judged yet; `refused`: there were too many before it."""

    person: Staff | None  #: None: nobody who may sign in is known by this address
    refused: bool
    counted: tuple[tuple[str, str], ...]  #: (scope, value)
    step: datetime


async def add(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: str,
    language: str,
    password_hash: str,
    one_time: bool = False,
    by: Staff | None = None,
) -> Staff:
    """Somebody new who may sign in. Raises AlreadyThere for an address that is taken, ValueError for what is no role,
    language, address or name. `one_time`: the password is good for one sign-in in the next day."""
    email, name = email.strip().lower(), name.strip()
    if role not in ROLES or language not in LANGUAGES or "@" not in email or not name:
        raise ValueError(f"a member of staff cannot be {role}, {language}, {email!r}, {name!r}")
    if await find(session, email):
        raise AlreadyThere(email)
    person = Staff(email=email, name=name, role=role, language=language, created_at=clock.now())
    person.password_hash = password_hash
    person.one_time_until = clock.now() + ONE_TIME_LIFE if one_time else None
    session.add(person)
    await session.flush()
    await audit.write(session, by, "staff.add", subject=person.public_id, details={"role": role})
    return person


async def find(session: AsyncSession, email: str) -> Staff | None:
    """The member of staff with this e-mail address, disabled or not."""
    return await session.scalar(select(Staff).where(Staff.email == email.strip().lower()))


async def everybody(session: AsyncSession) -> Sequence[Staff]:
    """All members of staff, in the order in which they came."""
    return (await session.scalars(select(Staff).order_by(Staff.id))).all()


async def disable(session: AsyncSession, person: Staff, *, by: Staff | None = None) -> None:
    """They may not sign in any more, and their sessions end now; told twice, nothing changes."""
    person = await session.get_one(Staff, person.id, with_for_update=HELD, populate_existing=True)
    if person.disabled_at is None:
        person.disabled_at = clock.now()
        await end_all(session, person)
        await audit.write(session, by, "staff.disable", subject=person.public_id)


async def set_password(
    session: AsyncSession,
    person: Staff,
    password_hash: str,
    *,
    one_time: bool = False,
    by: Staff | None = None,
) -> None:
    """The new password of a member of staff; every session of theirs ends."""
    person = await session.get_one(Staff, person.id, with_for_update=HELD, populate_existing=True)
    person.password_hash = password_hash
    person.one_time_until = clock.now() + ONE_TIME_LIFE if one_time else None
    await end_all(session, person)
    await audit.write(session, by, "staff.password", subject=person.public_id, details={"one_time": one_time})


async def begin_sign_in(
    session: AsyncSession, email: str, *, source: str, device: str | None = None
) -> Attempt:
    """Count a sign-in before its password is judged, so that many at once cannot slip through.

    `source` says where it comes from; `device` is the public id of the member of staff whose device it is known to be.
    """
    person = await find(session, email)
    if person and person.disabled_at is not None:
        person = None
    known = person is not None and device == person.public_id
    things = (
        (("staff_device", f"{device} {source}"),)
        if known
        else (("staff_source", source), ("staff_account", email.strip().lower()))
    )
    step = counting.start_of(STEP)
    if await _most_over(session, things) > 0:  # told and written down before: nothing more is counted
        return Attempt(person, True, things, step)
    for scope, value in things:
        await counting.add(session, scope, value, step)
    refused = await _most_over(session, things) > 0
    if refused:
        await audit.write(
            session, None, "staff.sign_in_throttled", subject=person.public_id if person else ""
        )
    return Attempt(person, refused, things, step)


async def finish_sign_in(
    session: AsyncSession, attempt: Attempt, *, right: bool, replaces: str | None = None
) -> tuple[str, Staff] | None:
    """A new session and its token when the password was right, else None; both are audited.

    `replaces`: the token of a session that ends now. A one-time password is used up by it.
    """
    person = attempt.person and await session.get(
        Staff, attempt.person.id, with_for_update=HELD, populate_existing=True
    )
    fits = right and not attempt.refused and person is not None and person.disabled_at is None
    if not fits or person is None or not _password_holds(person, attempt):
        subject = attempt.person.public_id if attempt.person else ""
        await audit.write(session, None, "staff.sign_in_failed", subject=subject)
        return None
    await forgive(session, attempt)
    if replaces:
        await end(session, replaces)
    if person.one_time_until:
        person.one_time_until = clock.now()
    token = await new_session(session, person)
    await audit.write(session, person, "staff.sign_in", subject=person.public_id)
    return token, person


async def forgive(session: AsyncSession, attempt: Attempt) -> None:
    """The password was right: the attempt does not count."""
    for scope, value in attempt.counted:
        await counting.take_back(session, scope, value, attempt.step)


async def _most_over(session: AsyncSession, things: tuple[tuple[str, str], ...]) -> int:
    """By how many tries the fullest of these windows is over its limit."""
    over = []
    for scope, value in things:
        most, window = LIMITS[scope]
        over.append(await counting.total(session, scope, value, since=clock.now() - window) - most)
    return max(over)


def _password_holds(person: Staff, attempt: Attempt) -> bool:
    """It is still the password that was judged, and a one-time one neither old nor used."""
    assert attempt.person
    unchanged = person.password_hash == attempt.person.password_hash
    return unchanged and (person.one_time_until is None or clock.now() < person.one_time_until)
