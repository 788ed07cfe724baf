"""When the shop is open: hours of the week, days on which it is closed, and what follows from them for a moment.

Hours are wall-clock times of the shop's zone, so a day on which clocks change is as long as it is. An interval
belongs to the day on which it begins: one that passes midnight goes on into a closed day, and none begins there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import ClosedDay, OpeningHours, Shop

LOOK_AHEAD = 100
"""So many days are searched for the next opening, or for an end of being open."""

Interval = tuple[str, str]
_time = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Opening:
    """How it stands at a moment (all times UTC). `closes_at`: None when open without end in sight; `opens_at`: the
    next opening while closed, None when there is none in sight or it is open."""

    known: bool  #: the shop has told its hours at all
    is_open: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None


async def opening(session: AsyncSession, at: datetime | None = None) -> Opening:
    """Whether the shop is open at a moment (now), until when, or from when again."""
    at = at or clock.now()
    week = await hours(session)
    if not any(week):
        return Opening(known=False, is_open=False)
    zone = await _zone(session)
    first = at.astimezone(zone).date() - timedelta(days=1)
    closed = await closed_days(session, since=first)
    for begins, ends in _spans(week, closed, first, zone):
        if ends <= at:
            continue
        if begins > at:
            return Opening(known=True, is_open=False, opens_at=begins)
        endless = ends > at + timedelta(days=LOOK_AHEAD - 3)
        return Opening(known=True, is_open=True, closes_at=None if endless else ends)
    return Opening(known=True, is_open=False)


async def hours(session: AsyncSession) -> list[list[Interval]]:
    """The hours of the week, Monday first: per day its (opens, closes), earliest first."""
    week: list[list[Interval]] = [[] for _ in range(7)]
    rows = await session.scalars(select(OpeningHours).order_by(OpeningHours.weekday, OpeningHours.opens))
    for row in rows:
        week[row.weekday].append((row.opens, row.closes))
    return week


async def set_hours(session: AsyncSession, week: Sequence[Sequence[Interval]]) -> None:
    """Open at these hours from now on, Monday first; effective at once.

    Raises ValueError for a time that is none, and for intervals of one day that overlap, also those after midnight.
    """
    rows = list(whole_week(week))
    await session.execute(delete(OpeningHours))
    session.add_all(OpeningHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in rows)
    await session.flush()


def whole_week(week: Sequence[Sequence[Interval]]) -> Iterator[tuple[int, str, str]]:
    """The rows of a week's hours: (weekday, opens, closes), checked."""
    if len(week) != 7:
        raise ValueError("a week has seven days")
    minutes: list[tuple[int, int]] = []
    for weekday, intervals in enumerate(week):
        for opens, closes in sorted(intervals):
            if not (_time.fullmatch(opens) and _time.fullmatch(closes)):
                raise ValueError(f"{opens}-{closes} is no time of a day: write 09:00")
            begins, lasts = (
                weekday * 1440 + _minutes(opens),
                (_minutes(closes) - _minutes(opens)) % 1440 or 1440,
            )
            minutes.append((begins, begins + lasts))
            yield weekday, opens, closes
    minutes.sort()
    following = [*minutes[1:], *((begins + 7 * 1440, 0) for begins, _ in minutes[:1])]
    for (_, ends), (begins, _) in zip(minutes, following, strict=True):
        if begins < ends:
            raise ValueError("two intervals of the opening hours overlap")


async def closed_days(session: AsyncSession, *, since: date | None = None) -> dict[date, dict[str, str]]:
    """The days on which the shop is closed, from a day on (all): day → reason per language, in order."""
    query = select(ClosedDay).order_by(ClosedDay.day)
    rows = await session.scalars(query if since is None else query.where(ClosedDay.day >= since))
    return {row.day: row.reason for row in rows}


async def close_day(session: AsyncSession, day: date, reason: Mapping[str, str]) -> None:
    """Be closed on this day; told again, the reason (per language) is the new one."""
    row = await session.scalar(select(ClosedDay).where(ClosedDay.day == day).with_for_update())
    if row is None:
        session.add(ClosedDay(day=day, reason=dict(reason)))
    else:
        row.reason = dict(reason)
    await session.flush()


async def reopen_day(session: AsyncSession, day: date) -> None:
    """The day follows its weekday again."""
    await session.execute(delete(ClosedDay).where(ClosedDay.day == day))


async def _zone(session: AsyncSession) -> ZoneInfo:
    shop = await session.get(Shop, 1)
    return ZoneInfo(shop.time_zone if shop else "UTC")


def _spans(
    week: list[list[Interval]], closed: Mapping[date, object], first: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Every span of being open from a day on, those that touch joined, so that midnight closes nothing."""
    current: tuple[datetime, datetime] | None = None
    for number in range(LOOK_AHEAD + 1):
        day = first + timedelta(days=number)
        for opens, closes in [] if day in closed else week[day.weekday()]:
            begins = _moment(day, opens, zone)
            ends = _moment(day if closes > opens else day + timedelta(days=1), closes, zone)
            if current and begins <= current[1]:
                current = (current[0], max(ends, current[1]))
            else:
                if current:
                    yield current
                current = (begins, ends)
    if current:
        yield current


def _moment(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock_time), zone).astimezone(UTC)


def _minutes(clock_time: str) -> int:
    return int(clock_time[:2]) * 60 + int(clock_time[3:])
