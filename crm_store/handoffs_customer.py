"""What an agent may know about who writes: as much as the conversation has shown, and more only on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import audit, identity, loyalty, orders
from crm_store.errors import NotFound
from crm_store.models import ChannelIdentity, Conversation, Customer, Order, Staff

REASONS = ("identified_otherwise", "needed_to_answer", "suspected_misuse")
"""Why an agent may open what the level hides; free words could hold personal data, which has no place in the audit."""
MOST_ORDERS = 20


@dataclass(frozen=True)
class Known:
    """The customer as far as they may be seen. `hidden`: somebody is known here, and the level hides them."""

    level: int
    hidden: bool
    orders: Sequence[Order]
    customer: Customer | None = None  #: from level 2 on, or opened
    points: int | None = None


async def known(session: AsyncSession, conversation: Conversation) -> Known:
    """Below level 1 nothing, at level 1 the order that was matched, from level 2 on all orders and the points."""
    level = await identity.level(session, conversation)
    customer = await identity.confirmed_customer(session, conversation)
    if customer:
        return await _open(session, level, customer)
    somebody = await _somebody(session, conversation)
    return Known(level, somebody is not None, await orders.shown(session, conversation))


async def open_anyway(
    session: AsyncSession, conversation: Conversation, staff: Staff, *, reason: str
) -> Known:
    """Everything, whatever the level: an audited act with a reason. Raises NotFound when nobody is known here."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason")
    customer = await _somebody(session, conversation)
    if customer is None:
        raise NotFound("customer")
    details = {"conversation": conversation.public_id, "reason": reason}
    await audit.write(session, staff, "customer.open", subject=customer.public_id, details=details)
    return await _open(session, await identity.level(session, conversation), customer)


async def _open(session: AsyncSession, level: int, customer: Customer) -> Known:
    theirs = await orders.of_customer(session, customer, limit=MOST_ORDERS)
    points = (await loyalty.balance(session, customer)).available
    return Known(level, False, theirs, customer, points)


async def _somebody(session: AsyncSession, conversation: Conversation) -> Customer | None:
    """Who this may be: by what the conversation has shown, or the customer its channel is linked to."""
    held = await identity.assurances(session, conversation)
    visitor = await session.get_one(ChannelIdentity, conversation.identity_id)
    customer_id = held[-1].customer_id if held else visitor.customer_id
    return await session.get_one(Customer, customer_id) if customer_id else None
