"""Who is talking: the level a conversation has reached, and guesses counted where nobody can reset them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations
from crm_store.errors import TooManyTries
from crm_store.models import Assurance, ChannelIdentity, Conversation, Customer, Episode, GuessCount

LIMITS: dict[str, tuple[int, timedelta]] = {
    "conversation": (5, timedelta(minutes=15)),
    "source": (20, timedelta(hours=1)),
    "order": (5, timedelta(hours=1)),
    "contact": (5, timedelta(hours=1)),
    "code_contact_hour": (3, timedelta(hours=1)),
    "code_contact_day": (10, timedelta(days=1)),
    "code_conversation_hour": (3, timedelta(hours=1)),
    "code_conversation_day": (10, timedelta(days=1)),
}
"""Wrong guesses, and codes asked for, allowed per window for each thing that is counted (reliability C2, C3)."""
LEVEL_2_IDLE = timedelta(minutes=30)
LEVEL_2_LIFE = timedelta(hours=12)


async def level(session: AsyncSession, conversation: Conversation) -> int:
    """The level of the conversation now: 0 anonymous, 1 one order matched, 2 confirmed, 3 signed in."""
    held = await assurances(session, conversation)
    return max((assurance.level for assurance in held), default=0)


async def assurances(session: AsyncSession, conversation: Conversation) -> list[Assurance]:
    """What the conversation has shown and what still holds; level 1 ends with its episode, level 2 when idle."""
    episode = await conversations.episode_of(session, conversation)
    now = clock.now()
    rows = await session.scalars(
        select(Assurance)
        .where(
            Assurance.conversation_id == conversation.id,
            Assurance.ended_at.is_(None),
            or_(Assurance.ends_at.is_(None), Assurance.ends_at > now),
        )
        .order_by(Assurance.id)
    )
    return [row for row in rows if _holds(row, episode, now)]


def _holds(assurance: Assurance, episode: Episode | None, now: datetime) -> bool:
    if assurance.level == 1:
        return episode is not None and assurance.episode_id == episode.id
    return assurance.level == 3 or now - assurance.used_at <= LEVEL_2_IDLE


async def confirmed_customer(
    session: AsyncSession, conversation: Conversation, *, use: bool = False
) -> Customer | None:
    """The customer this conversation has been confirmed to be (level 2 or 3, the latest); None below.

    `use`: something of theirs is shown now, so the 30 idle minutes of level 2 begin anew.
    """
    return await customer_of(session, await assurances(session, conversation), use=use)


async def customer_of(
    session: AsyncSession, held: Sequence[Assurance], *, use: bool = False
) -> Customer | None:
    """The same, where the `assurances` have been looked up already."""
    confirming = [row for row in held if row.level >= 2]
    if not confirming:
        return None
    latest = max(confirming, key=lambda row: row.id)
    if use:
        latest.used_at = clock.now()
    return await session.get_one(Customer, latest.customer_id)


async def grant_order(
    session: AsyncSession, conversation: Conversation, *, customer_id: int, order_id: int
) -> Assurance:
    """Level 1 for one order, until the episode ends."""
    return await _grant(
        session, conversation, level=1, method="order_match", customer_id=customer_id, order_id=order_id
    )


async def grant_customer(
    session: AsyncSession, conversation: Conversation, *, customer_id: int, method: str
) -> Assurance:
    """Level 2 for a customer: until 30 idle minutes or 12 hours have passed. What was shown before stays."""
    ends_at = clock.now() + LEVEL_2_LIFE
    return await _grant(
        session, conversation, level=2, method=method, customer_id=customer_id, ends_at=ends_at
    )


async def link(session: AsyncSession, conversation: Conversation, customer: Customer) -> None:
    """Whoever writes here has shown to be this customer: what the shop has to tell them reaches them here from now on.

    It opens nothing: a later visit has the level that it reaches itself. The latest proof counts, because a browser or
    a phone may get another owner.
    """
    visitor = await session.get_one(ChannelIdentity, conversation.identity_id)
    visitor = await conversations.locked(session, visitor)
    if visitor.customer_id != customer.id:
        visitor.customer_id, visitor.linked_at = customer.id, clock.now()


async def _grant(session: AsyncSession, conversation: Conversation, **what: Any) -> Assurance:
    episode = await conversations.episode_of(session, conversation)
    if episode is None:
        raise ValueError("a level belongs to an episode, and this conversation has none")
    now = clock.now()
    row = Assurance(
        conversation_id=conversation.id, episode_id=episode.id, granted_at=now, used_at=now, **what
    )
    session.add(row)
    await session.flush()
    return row


async def count_guesses(session: AsyncSession, things: dict[str, str]) -> None:
    """Count one guess for each thing ({scope: value}); raises TooManyTries when a scope's window is used up.

    The count rises before the guess is judged and holds its row until the transaction ends, so that guesses made at
    the same moment cannot slip through together; `forgive_guesses` takes it back when the guess was right.
    """
    for scope, value in sorted(things.items()):
        most, window = LIMITS[scope]
        if await _add(session, scope, value, window) > most:
            raise TooManyTries(scope)


async def forgive_guesses(session: AsyncSession, things: dict[str, str]) -> None:
    """Take back what `count_guesses` has counted in this transaction."""
    for scope, value in things.items():
        start = _window_start(LIMITS[scope][1])
        await session.execute(
            update(GuessCount)
            .where(GuessCount.scope == scope, GuessCount.key == _key(value), GuessCount.window_start == start)
            .values(count=GuessCount.count - 1)
        )


async def _add(session: AsyncSession, scope: str, value: str, window: timedelta) -> int:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    counted = (
        insert(GuessCount)
        .values(scope=scope, key=_key(value), window_start=_window_start(window), count=1)
        .on_conflict_do_update(
            index_elements=["scope", "key", "window_start"], set_={"count": GuessCount.count + 1}
        )
        .returning(GuessCount.count)
    )
    return int((await session.execute(counted)).scalar_one())


def _window_start(window: timedelta) -> datetime:
    now = clock.now()
    return now - timedelta(seconds=now.timestamp() % window.total_seconds())


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
