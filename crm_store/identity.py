"""Who is talking: the level a conversation has reached, and guesses counted where nobody can reset them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, conversations_episodes, counting
from crm_store.errors import TooManyTries
from crm_store.models import (
    Assurance,
    ChannelIdentity,
    Conversation,
    Customer,
    Episode,
    Message,
    VisitorToken,
)

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


_ASSURANCES = (
    select(Assurance)
    .where(
        Assurance.conversation_id == bindparam("conversation_id"),
        Assurance.ended_at.is_(None),
        or_(Assurance.ends_at.is_(None), Assurance.ends_at > bindparam("now")),
    )
    .order_by(Assurance.id)
)


async def level(session: AsyncSession, conversation: Conversation) -> int:
    """The level of the conversation now: 0 anonymous, 1 one order matched, 2 confirmed, 3 signed in."""
    held = await assurances(session, conversation)
    return max((assurance.level for assurance in held), default=0)


async def assurances(session: AsyncSession, conversation: Conversation) -> list[Assurance]:
    """What the conversation has shown and what still holds; level 1 ends with its episode, level 2 when idle."""
    now = clock.now()
    rows = (await session.scalars(_ASSURANCES, {"conversation_id": conversation.id, "now": now})).all()
    if not rows:
        return []
    episode = await conversations_episodes.episode_of(session, conversation)
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
    session: AsyncSession,
    conversation: Conversation,
    *,
    customer_id: int,
    order_id: int,
    seq: int | None = None,
) -> Assurance:
    """Level 1 for one order, until the episode ends. `seq`: of the shopper's message that reached it."""
    what = {"customer_id": customer_id, "order_id": order_id, "seq": seq}
    return await _grant(session, conversation, level=1, method="order_match", **what)


async def grant_customer(
    session: AsyncSession,
    conversation: Conversation,
    *,
    customer_id: int,
    method: str,
    seq: int | None = None,
) -> Assurance:
    """Level 2 for a customer: until 30 idle minutes or 12 hours have passed. What was shown before stays. `seq`: of
    the shopper's message that reached it."""
    what = {"customer_id": customer_id, "ends_at": clock.now() + LEVEL_2_LIFE, "seq": seq}
    return await _grant(session, conversation, level=2, method=method, **what)


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
    """Something more is open now; the tokens from before open nothing any more (bot/sign_in/visitors.py).

    The conversation is held, so that no token is given out meanwhile by what was true before.
    """
    conversation = await conversations.locked(session, conversation)
    episode = await conversations_episodes.going_on(session, conversation)
    now = clock.now()
    row = Assurance(
        conversation_id=conversation.id, episode_id=episode.id, granted_at=now, used_at=now, **what
    )
    session.add(row)
    await session.execute(
        update(VisitorToken)
        .where(VisitorToken.identity_id == conversation.identity_id, VisitorToken.replaced_at.is_(None))
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    return row


async def raised_by(session: AsyncSession, conversation: Conversation) -> str | None:
    """The channel's own id of the message that last raised the level; only its sender and we know it."""
    newest = (
        select(Assurance.seq)
        .where(Assurance.conversation_id == conversation.id)
        .order_by(Assurance.id.desc())
        .limit(1)
    )
    return await session.scalar(
        select(Message.external_id).where(
            Message.conversation_id == conversation.id, Message.seq == newest.scalar_subquery()
        )
    )


async def count_guesses(session: AsyncSession, things: dict[str, str]) -> None:
    """Count one guess for each thing ({scope: value}); raises TooManyTries when a scope's window is used up.

    The count rises before the guess is judged and holds its row until the transaction ends, so that guesses made at
    the same moment cannot slip through together; `forgive_guesses` takes it back when the guess was right.
    """
    for scope, value in sorted(things.items()):
        most, window = LIMITS[scope]
        if await counting.add(session, scope, value, counting.start_of(window)) > most:
            raise TooManyTries(scope)


async def forgive_guesses(session: AsyncSession, things: dict[str, str]) -> None:
    """Take back what `count_guesses` has counted in this transaction."""
    for scope, value in things.items():
        await counting.take_back(session, scope, value, counting.start_of(LIMITS[scope][1]))
