"""How long a member of staff is signed in: sessions, their last use, and all the ways in which they end."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import audit
from crm_store.db import patience
from crm_store.errors import SignedOut
from crm_store.models import Staff, StaffSession

IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""The last use of a session is written so often: not with every picture of a page."""


@dataclass(frozen=True)
class SignedIn:
    """A member of staff and the session they are in."""

    person: Staff
    session: StaffSession


async def new_session(session: AsyncSession, person: Staff) -> str:
    """Begin a session; the token for the browser, of which only the hash is stored."""
    token, now = secrets.token_urlsafe(32), clock.now()
    row = StaffSession(staff_id=person.id, token_hash=_hash(token), created_at=now, used_at=now)
    row.ends_at = now + LIFE
    session.add(row)
    await session.flush()
    return token


async def signed_in(session: AsyncSession, token: str) -> SignedIn | None:
    """Who a token signs in; None when its session has ended in any way, or they were disabled."""
    found = await session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == _hash(token), _lasts(), Staff.disabled_at.is_(None))
    )
    row = found.one_or_none()
    return SignedIn(row[1], row[0]) if row else None


def is_to_be_noted(signed: SignedIn) -> bool:
    """Whether the last use that is written down is so old that `note_use` is due."""
    return clock.now() - signed.session.used_at >= NOTED_EVERY


async def hold(session: AsyncSession, signed: SignedIn) -> None:
    """Nobody ends this session before the transaction does: what is done in it is done by who may do it.

    Raises SignedOut where it has ended already, also by disabling.
    """
    async with patience(session):
        lasts = await session.scalar(
            select(StaffSession.id)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.id == signed.session.id, _lasts(), Staff.disabled_at.is_(None))
            .with_for_update(read=True, of=StaffSession)
        )
    if lasts is None:
        raise SignedOut(signed.person.public_id)


def present() -> Select[int]:
    """Row ids of the members of staff who are signed in anywhere, for a query."""
    return (
        select(Staff.id)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(_lasts(), Staff.disabled_at.is_(None))
    )


async def note_use(session: AsyncSession, signed: SignedIn) -> None:
    """The session is used now; one that has ended stays so. Nobody waits for this: where a deed holds the session,
    its use was noted just before."""
    row = select(StaffSession.id).where(StaffSession.id == signed.session.id, _lasts())
    if await session.scalar(row.with_for_update(skip_locked=True)):
        await session.execute(
            update(StaffSession).where(StaffSession.id == signed.session.id).values(used_at=clock.now())
        )


async def sign_out(session: AsyncSession, signed: SignedIn) -> None:
    """This session ends."""
    await _end(session, StaffSession.id == signed.session.id)
    await audit.write(session, signed.person, "staff.sign_out", subject=signed.person.public_id)


async def end(session: AsyncSession, token: str) -> None:
    """The session of this token ends, if there is one."""
    await _end(session, StaffSession.token_hash == _hash(token))


async def end_all(session: AsyncSession, person: Staff) -> None:
    """Every session of a member of staff ends."""
    await _end(session, StaffSession.staff_id == person.id)


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """After the deeds that are being done in them (`hold`)."""
    lasting = update(StaffSession).where(which, StaffSession.ended_at.is_(None))
    async with patience(session):
        await session.execute(lasting.values(ended_at=clock.now()))


def _lasts() -> ColumnElement[bool]:
    now = clock.now()
    return and_(
        StaffSession.ended_at.is_(None), StaffSession.ends_at > now, StaffSession.used_at > now - IDLE
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
