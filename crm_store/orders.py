"""Orders: found through their customer, or by number and contact (level 1, counted)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import customers, identity
from crm_store.models import Contact, Conversation, Customer, Order

FINAL = frozenset({"delivered", "cancelled", "partially_refunded", "refunded", "failed_fulfilment"})
"""Statuses after which nothing more arrives, so that an order cannot be late any more."""


def normal_number(text: str) -> str:
    """An order number as it is printed: NFKC, capitals, no spaces; digits alone get the prefix."""
    plain = re.sub(r"[\s#№]+", "", unicodedata.normalize("NFKC", text)).upper()
    digits = re.sub(r"\D", "", plain)
    return f"BR-{digits}"


async def match(
    session: AsyncSession,
    conversation: Conversation,
    *,
    number: str,
    contact: str,
    source: str,
    seq: int | None = None,
) -> Order | None:
    """The order with this number, if the contact is its own or its customer's; the conversation then has level 1.

    An unknown number and a wrong contact end alike (None) and do the same work. Wrong guesses are counted per
    conversation, source, order number and contact; raises TooManyTries, also for a right answer, once used up. `seq`:
    of the shopper's message.
    """
    number = normal_number(number)
    given = [customers.normal_email(contact)] if "@" in contact else customers.normal_phones(contact)
    things = {
        "conversation": conversation.public_id,
        "source": source,
        "order": number,
        "contact": " ".join(given),
    }
    await identity.count_guesses(session, things)
    order = await session.scalar(select(Order).where(Order.number == number))
    on_file = await session.scalars(
        select(Contact.value).where(Contact.customer_id == (order.customer_id if order else 0))
    )
    theirs = [*on_file, *(value for value in ((order.email, order.phone) if order else ()) if value)]
    right = [compare_digest(a.encode(), b.encode()) for a in given for b in theirs]
    if order is None or not any(right):
        return None
    await identity.forgive_guesses(session, things)
    await identity.grant_order(
        session, conversation, customer_id=order.customer_id, order_id=order.id, seq=seq
    )
    return order


async def shown(session: AsyncSession, conversation: Conversation, *, use: bool = False) -> list[Order]:
    """The orders whose status this conversation may see: those matched (level 1), the latest last, and from level 2
    on all of the customer's. `use`: as in `identity.confirmed_customer`."""
    held = await identity.assurances(session, conversation)
    ids = [assurance.order_id for assurance in held if assurance.level == 1 and assurance.order_id]
    matched = await session.scalars(select(Order).where(Order.id.in_(ids))) if ids else ()
    rows = {order.id: order for order in matched}
    customer = await identity.customer_of(session, held, use=use)
    theirs = list(await of_customer(session, customer)) if customer else []
    return list(
        {order.id: order for order in [*(rows[order_id] for order_id in ids), *theirs[::-1]]}.values()
    )


async def of_customer(
    session: AsyncSession, customer: Customer, *, limit: int | None = None
) -> Sequence[Order]:
    """The customer's orders, newest first."""
    theirs = select(Order).where(Order.customer_id == customer.id)
    newest = theirs.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)
    return (await session.scalars(newest)).all()


def likeliest(orders: Sequence[Order]) -> Order | None:
    """The order somebody means who names none: the newest that is still under way, else the newest."""
    return max(orders, key=lambda order: (order.status not in FINAL, order.placed_at, order.id), default=None)
