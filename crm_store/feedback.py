"""Ratings: asked for once when an order has been delivered, or given when the shopper brings it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, conversations_episodes, orders
from crm_store.errors import AlreadyRated
from crm_store.models import (
    ChannelIdentity,
    Conversation,
    Episode,
    FeedbackRequest,
    Message,
    Order,
    Rating,
)

ASK_AFTER = timedelta(hours=3)
"""A delivered order is asked about so long after it was delivered."""
ASK_WITHIN = timedelta(days=7)
"""Later than this nobody remembers: the question is not asked any more."""
QUIET = timedelta(minutes=10)
"""A conversation in which something was said more recently is not interrupted."""
ONE_A_DAY = timedelta(hours=24)
RATEABLE = timedelta(days=60)
"""So long after its delivery an order is meant by somebody who names none."""
LOW = 2


@dataclass(frozen=True)
class Due:
    """A question for feedback that can be asked now, and where."""

    request: FeedbackRequest
    order: Order
    conversation: Conversation


def is_low(score: int) -> bool:
    """Whether somebody should hear what went wrong."""
    return score <= LOW


async def request_due(session: AsyncSession, order: Order) -> FeedbackRequest | None:
    """Note that a delivered order is to be asked about, once; None when it is not delivered or rated already."""
    if order.delivered_at is None or await rating_of(session, order):
        return None
    known = await session.scalar(select(FeedbackRequest).where(FeedbackRequest.order_id == order.id))
    if known:
        return known
    request = FeedbackRequest(order_id=order.id, due_at=order.delivered_at + ASK_AFTER)
    session.add(request)
    await session.flush()
    return request


async def note_deliveries(session: AsyncSession) -> int:
    """Make the requests of all orders delivered lately that have none, whichever way their delivery became known."""
    new = await session.scalars(
        select(Order)
        .where(
            Order.status == "delivered",
            Order.delivered_at > clock.now() - ASK_WITHIN,
            ~exists().where(FeedbackRequest.order_id == Order.id),
            ~exists().where(Rating.order_id == Order.id),
        )
        .order_by(Order.id)
    )
    found = [await request_due(session, order) for order in new]
    return len(found)


async def due(session: AsyncSession) -> list[Due]:
    """The questions to ask now: one for a conversation, of a customer who is linked to it, in a quiet moment.

    The conversation is the one in which the customer wrote last; none where a person answers, a form is open, the
    shopper has blocked us, or another order was asked about within a day.
    """
    now = clock.now()
    rows = await session.execute(
        select(FeedbackRequest, Order, Conversation)
        .join(Order, Order.id == FeedbackRequest.order_id)
        .join(ChannelIdentity, ChannelIdentity.customer_id == Order.customer_id)
        .join(Conversation, Conversation.identity_id == ChannelIdentity.id)
        .where(
            FeedbackRequest.asked_at.is_(None),
            FeedbackRequest.due_at <= now,
            FeedbackRequest.due_at > now - ASK_WITHIN,
            ~exists().where(Rating.order_id == Order.id),
            ChannelIdentity.blocked_at.is_(None),
        )
        .order_by(FeedbackRequest.due_at, FeedbackRequest.id, Conversation.turn_at.desc().nulls_last())
        .with_for_update(of=FeedbackRequest, skip_locked=True)
    )
    found: dict[int, Due] = {}
    seen: set[int] = set()
    for request, order, conversation in rows:
        if request.id in seen or conversation.id in found:
            continue
        seen.add(request.id)
        if await _may_be_asked(session, conversation):
            found[conversation.id] = Due(request, order, conversation)
    return list(found.values())


async def asked(session: AsyncSession, request: FeedbackRequest, message: Message) -> None:
    """The question has been asked with this message; it is not asked again."""
    await session.flush()
    request.asked_at, request.message_id = clock.now(), message.id


async def rating_of(session: AsyncSession, order: Order) -> Rating | None:
    """The rating of an order."""
    return await session.scalar(select(Rating).where(Rating.about == "order", Rating.order_id == order.id))


async def known_orders(session: AsyncSession, conversation: Conversation) -> list[Order]:
    """Delivered orders that this conversation may rate, the latest delivered first: those it may see, and those it
    was asked about."""
    shown = [order.id for order in await orders.shown(session, conversation)]
    asked_here = (
        select(FeedbackRequest.order_id)
        .join(Message, Message.id == FeedbackRequest.message_id)
        .where(Message.conversation_id == conversation.id)
    )
    rows = await session.scalars(
        select(Order)
        .where(Order.status == "delivered", or_(Order.id.in_(shown), Order.id.in_(asked_here)))
        .order_by(Order.delivered_at.desc(), Order.id.desc())
    )
    return list(rows)


async def likeliest(session: AsyncSession, known: Sequence[Order]) -> Order | None:
    """The order that somebody means who names none: the latest delivered of the last two months without a rating."""
    since = clock.now() - RATEABLE
    for order in known:
        if order.delivered_at and order.delivered_at > since and await rating_of(session, order) is None:
            return order
    return None


async def record(
    session: AsyncSession, conversation: Conversation, order: Order | None, *, score: int
) -> Rating:
    """Keep a rating of 1 to 5 with order and channel; without an order it is the shop's, one for each episode (told
    again, the later one counts). Raises AlreadyRated, and ValueError for another score."""
    if not 1 <= score <= 5:
        raise ValueError(f"{score} is no rating")
    conversation = await conversations.locked(session, conversation)
    episode = await conversations_episodes.episode_of(session, conversation)
    visitor = await session.get_one(ChannelIdentity, conversation.identity_id)
    if order is not None:
        await conversations.locked(session, order)  # two conversations of a customer may rate at once
        if await rating_of(session, order):
            raise AlreadyRated(order.number)
    else:
        before = await _of_the_shop(session, conversation, episode)
        if before:
            before.score, before.at = score, clock.now()
            return before
    rating = Rating(
        about="order" if order else "shop",
        customer_id=order.customer_id if order else visitor.customer_id,
        order_id=order.id if order else None,
        conversation_id=conversation.id,
        episode_id=episode.id if episode else None,
        channel=visitor.channel,
        score=score,
        at=clock.now(),
    )
    session.add(rating)
    await session.flush()
    return rating


async def comment(session: AsyncSession, conversation: Conversation, text: str) -> Rating | None:
    """Add words to the latest rating of this conversation's episode; None when there is none without words."""
    episode = await conversations_episodes.episode_of(session, conversation)
    rating = await session.scalar(
        select(Rating)
        .where(
            Rating.conversation_id == conversation.id,
            Rating.episode_id == (episode.id if episode else None),
            Rating.comment.is_(None),
        )
        .order_by(Rating.at.desc(), Rating.id.desc())
        .limit(1)
        .with_for_update()
    )
    if rating:
        rating.comment = text.strip()
    return rating


async def _may_be_asked(session: AsyncSession, conversation: Conversation) -> bool:
    now = clock.now()
    conversation = await conversations.locked(session, conversation)  # nobody takes it over meanwhile
    turn_at = conversation.turn_at
    in_a_form = conversation.form and turn_at and now - turn_at <= conversations.FRESH_AFTER
    if conversation.status != "bot" or in_a_form or conversation.answered_seq == 0:
        return False
    latest = await session.scalar(
        select(Message.at)
        .where(Message.conversation_id == conversation.id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    asked_lately = await session.scalar(
        select(FeedbackRequest.id)
        .join(Message, Message.id == FeedbackRequest.message_id)
        .where(Message.conversation_id == conversation.id, FeedbackRequest.asked_at > now - ONE_A_DAY)
        .limit(1)
    )
    return asked_lately is None and latest is not None and now - latest >= QUIET


async def _of_the_shop(
    session: AsyncSession, conversation: Conversation, episode: Episode | None
) -> Rating | None:
    rows: Sequence[Rating] = (
        await session.scalars(
            select(Rating).where(
                Rating.about == "shop",
                Rating.conversation_id == conversation.id,
                Rating.episode_id == (episode.id if episode else None),
            )
        )
    ).all()
    return rows[0] if rows else None
