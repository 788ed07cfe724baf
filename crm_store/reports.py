"""What the owner reads: figures with their definitions. These functions only read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from barev.names import search_words
from crm_store import loyalty_lots as lots
from crm_store.models import (
    Contact,
    Customer,
    Order,
    PointsAccount,
    PointsAllocation,
    PointsRow,
    Rating,
    Staff,
)

BATCH = 500
"""Rows that are read together where everything is wanted."""
PHONE_DIGITS = 4
"""So many digits in a row are looked for in phone numbers too."""

Sort = Literal["name", "points", "pending", "since"]
SORTS: dict[str, Any] = {
    "name": Customer.search_text,
    "points": func.coalesce(PointsAccount.balance, 0),
    "pending": func.coalesce(PointsAccount.pending, 0),
    "since": Customer.created_at,
}


@dataclass(frozen=True)
class CustomerBalance:
    """One customer and their points. `points` can be spent now, as the assistant tells it: a lot whose time is over
    does not count, also before its expiry has been posted. `pending` waits to be confirmed, `held` is set aside."""

    public_id: str
    name: str
    language: str
    email: str | None  #: the first on file, by alphabet
    phone: str | None
    since: datetime  #: known to the shop
    points: int
    pending: int
    held: int


@dataclass(frozen=True)
class LedgerLine:
    """A row of the ledger and what could be spent after it, by the rows up to it."""

    row: PointsRow
    balance: int
    order_number: str | None
    by: str | None  #: the name of the member of staff who wrote it


@dataclass(frozen=True)
class Rated:
    """One rating with what it is about."""

    rating: Rating
    order_number: str | None
    customer: Customer | None


async def count_customers(session: AsyncSession, *, search: str = "") -> int:
    """How many customers a search finds; all without one."""
    return int(await session.scalar(select(func.count(Customer.id)).where(*_found_by(search))) or 0)


async def balances(
    session: AsyncSession,
    *,
    search: str = "",
    sort: Sort = "name",
    falling: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[CustomerBalance]:
    """The balances of customers, also of those without an account. Every word of the search must be in the name (in
    any script), an e-mail address or a phone number. Sorted by points, a lot that is over counts until it is posted."""
    rows = await session.execute(_balances(search, sort, falling).limit(limit).offset(offset))
    return await _as_told(session, [tuple(row) for row in rows])


async def every_balance(
    session: AsyncSession, *, search: str = "", sort: Sort = "name", falling: bool = False
) -> AsyncIterator[list[CustomerBalance]]:
    """All of them, in batches, as they are at one moment."""
    wanted = _balances(search, sort, falling).execution_options(yield_per=BATCH)
    found = await session.stream(wanted)
    async for batch in found.partitions():
        yield await _as_told(session, [tuple(row) for row in batch])


async def customer(session: AsyncSession, public_id: str) -> CustomerBalance | None:
    """One customer's balance by public id."""
    rows = await session.execute(_balances("", "name", False).where(Customer.public_id == public_id))
    told = await _as_told(session, [tuple(row) for row in rows])
    return told[0] if told else None


async def ledger(
    session: AsyncSession, public_id: str, *, limit: int = 50, before: int | None = None
) -> Sequence[LedgerLine]:
    """The rows of a customer's account, newest first, each with the sum of points up to it; `before` is the number of
    the row from which to go on."""
    running = func.sum(PointsRow.points).over(order_by=PointsRow.number)
    whole = (
        select(PointsRow.id.label("row_id"), running.label("balance"))
        .join(PointsAccount, PointsAccount.id == PointsRow.account_id)
        .join(Customer, Customer.id == PointsAccount.customer_id)
        .where(Customer.public_id == public_id)
        .subquery()
    )
    lines = (
        select(PointsRow, whole.c.balance, Order.number, Staff.name)
        .join(whole, whole.c.row_id == PointsRow.id)
        .outerjoin(Order, Order.id == PointsRow.order_id)
        .outerjoin(Staff, Staff.id == PointsRow.staff_id)
    )
    if before is not None:
        lines = lines.where(PointsRow.number < before)
    found = await session.execute(lines.order_by(PointsRow.number.desc()).limit(limit))
    return [LedgerLine(row, int(balance), number, by) for row, balance, number, by in found]


async def ratings(
    session: AsyncSession, *, score: int | None = None, limit: int = 50, offset: int = 0
) -> Sequence[Rated]:
    """Ratings, newest first; `score`: only those with so many stars."""
    wanted = (
        select(Rating, Order.number, Customer)
        .outerjoin(Order, Order.id == Rating.order_id)
        .outerjoin(Customer, Customer.id == Rating.customer_id)
        .order_by(Rating.at.desc(), Rating.id.desc())
    )
    if score is not None:
        wanted = wanted.where(Rating.score == score)
    return [Rated(*row) for row in await session.execute(wanted.limit(limit).offset(offset))]


async def count_ratings(session: AsyncSession) -> dict[int, int]:
    """How many ratings there are with each number of stars: 1 to 5 → how many."""
    found = await session.execute(select(Rating.score, func.count(Rating.id)).group_by(Rating.score))
    counted: dict[int, int] = {score: number for score, number in found}
    return {score: counted.get(score, 0) for score in range(1, 6)}


def _balances(search: str, sort: Sort, falling: bool) -> Select[Any]:
    column = SORTS[sort]
    return (
        select(
            PointsAccount.id,
            Customer.public_id,
            Customer.name,
            Customer.language,
            _first("email"),
            _first("phone"),
            Customer.created_at,
            func.coalesce(PointsAccount.balance, 0),
            func.coalesce(PointsAccount.pending, 0),
            func.coalesce(PointsAccount.held, 0),
        )
        .outerjoin(PointsAccount, PointsAccount.customer_id == Customer.id)
        .where(*_found_by(search))
        .order_by(column.desc() if falling else column.asc(), Customer.id)
    )


def _first(kind: str) -> ColumnElement[Any]:
    theirs = and_(Contact.customer_id == Customer.id, Contact.kind == kind)
    return select(func.min(Contact.value)).where(theirs).correlate(Customer).scalar_subquery()


def _found_by(search: str) -> Iterable[ColumnElement[bool]]:
    """A condition for each word. A phone number may be typed with spaces and signs, so its digits are one word."""
    digits = "".join(c for c in search if c.isdigit())
    if len(digits) >= PHONE_DIGITS and not any(c.isalpha() for c in search):
        return [Customer.id.in_(_with_contact(digits.lstrip("0")))]
    found = []
    for word, sound in search_words(search):
        named = [Customer.search_text.contains(form, autoescape=True) for form in {word, sound} if form]
        found.append(or_(*named, Customer.id.in_(_with_contact(word))))
    return found


def _with_contact(part: str) -> Select[Any]:
    return select(Contact.customer_id).where(Contact.value.contains(part, autoescape=True))


async def _as_told(session: AsyncSession, rows: list[tuple[Any, ...]]) -> list[CustomerBalance]:
    """Without the lots whose time is over and whose expiry nobody has posted yet."""
    over = await _over(session, [account for account, *_ in rows if account is not None])
    told = [(account, CustomerBalance(*values)) for account, *values in rows]
    return [
        replace(one, points=one.points - over[account]) if account in over else one for account, one in told
    ]


async def _over(session: AsyncSession, accounts: list[int]) -> dict[int, int]:
    taken = (
        select(func.coalesce(func.sum(PointsAllocation.points), 0))
        .where(PointsAllocation.lot_id == PointsRow.id)
        .correlate(PointsRow)
        .scalar_subquery()
    )
    left = (
        select(PointsRow.account_id, func.sum(PointsRow.points - taken))
        .where(PointsRow.account_id.in_(accounts), lots.OPENS_LOT, PointsRow.lot_expires_at <= clock.now())
        .group_by(PointsRow.account_id)
    )
    found = await session.execute(left)
    return {account: int(points) for account, points in found if points}
