"""Messages that must be pushed to an address: queued with the message, taken in order, ended once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store.models import ChannelIdentity, Conversation, Delivery, Message

PUSHED = frozenset({"telegram"})
"""Channels whose shoppers fetch nothing themselves."""
UNDONE = ("waiting", "sending")
LEASE = timedelta(seconds=10)
"""Longer than any send may take; a row still `sending` after it belonged to a gateway that is gone."""
GIVE_UP_AFTER = timedelta(hours=24)
"""An answer older than this is no answer any more."""


async def queue(session: AsyncSession, conversation: Conversation, message: Message) -> Delivery | None:
    """Push this message to the conversation's own address, in the transaction that says it.

    None where the channel fetches by itself, for the shopper's own messages, and where the shopper blocked us.
    """
    with (
        session.no_autoflush
    ):  # else the message would be written now, and what it changes once more at the end
        identity = await session.get_one(ChannelIdentity, conversation.identity_id)
    if identity.channel not in PUSHED or identity.blocked_at or message.author == "shopper":
        return None
    await session.flush()  # the message gets its id
    row = Delivery(
        message_id=message.id,
        conversation_id=conversation.id,
        channel=identity.channel,
        address=identity.address,
        state="waiting",
        next_try_at=clock.now(),
    )
    session.add(row)
    return row


async def claim(
    session: AsyncSession, channels: Collection[str], *, limit: int
) -> list[tuple[Delivery, Message]]:
    """Take due deliveries for sending, oldest first: of each conversation and channel only the first undone one.

    They are ours until LEASE is over; each claim counts as an attempt, and names it when the attempt is ended.
    """
    now = clock.now()
    # Row ids rise with seq: a conversation is locked while something is said in it.
    first_undone = (
        select(func.min(Delivery.id))
        .where(Delivery.state.in_(UNDONE), Delivery.channel.in_(channels))
        .group_by(Delivery.conversation_id, Delivery.channel)
    )
    rows = await session.execute(
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Delivery.state.in_(UNDONE),
            Delivery.next_try_at <= now,
            Delivery.id.in_(first_undone),
        )
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    claimed = [(delivery, message) for delivery, message in rows]
    for delivery, _ in claimed:
        delivery.state, delivery.next_try_at = "sending", now + LEASE
        delivery.attempts += 1
    return claimed


async def take_back(session: AsyncSession) -> None:
    """The only gateway there can be has just started: what its predecessor was sending is due at once."""
    await session.execute(
        update(Delivery).where(Delivery.state == "sending").values(state="waiting", next_try_at=clock.now())
    )


async def sent(session: AsyncSession, delivery: Delivery, *, external_id: str) -> None:
    """The channel took the message and calls it so; true whoever has claimed the row since."""
    row = await session.get_one(Delivery, delivery.id, with_for_update=True, populate_existing=True)
    row.state, row.external_id, row.last_error = "sent", external_id, None


async def put_off(
    session: AsyncSession, delivery: Delivery, *, after: timedelta, reason: str, tried: bool = True
) -> None:
    """Try again later; an attempt that was not made (`tried`) does not count. Too old a message has failed."""
    row = await _still_ours(session, delivery)
    if row is None:
        return
    now = clock.now()
    message = await session.get_one(Message, row.message_id)
    row.last_error = reason
    if now + after > message.at + GIVE_UP_AFTER:
        row.state = "failed"
        return
    row.state, row.next_try_at = "waiting", now + after
    if not tried:
        row.attempts -= 1


async def fail(session: AsyncSession, delivery: Delivery, *, reason: str) -> None:
    """Never to be tried again; the next of the conversation is due."""
    row = await _still_ours(session, delivery)
    if row:
        row.state, row.last_error = "failed", reason


async def blocked(session: AsyncSession, delivery: Delivery) -> None:
    """The shopper wants nothing from us: nothing that waits for this address is sent any more."""
    await session.execute(
        update(ChannelIdentity)
        .where(
            ChannelIdentity.channel == delivery.channel,
            ChannelIdentity.address == delivery.address,
            ChannelIdentity.blocked_at.is_(None),
        )
        .values(blocked_at=clock.now())
    )
    await session.execute(
        update(Delivery)
        .where(
            Delivery.channel == delivery.channel,
            Delivery.address == delivery.address,
            Delivery.state.in_(UNDONE),
        )
        .values(state="failed", last_error="blocked by the shopper")
    )


async def _still_ours(session: AsyncSession, delivery: Delivery) -> Delivery | None:
    """The row, if nobody has claimed or ended it after this attempt began."""
    row = await session.get_one(Delivery, delivery.id, with_for_update=True, populate_existing=True)
    return row if (row.state, row.attempts) == ("sending", delivery.attempts) else None
