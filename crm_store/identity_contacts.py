"""A phone number shared on Telegram, which says whether it is the account's own; the store says whose it is."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import customers, identity
from crm_store.models import Contact, Conversation, Customer


async def confirm(
    session: AsyncSession, conversation: Conversation, *, phone: str, own: bool, source: str
) -> Customer | None:
    """Level 2 for the one customer with this phone number, if the channel says that it is the sender's own.

    Somebody else's contact, a number that nobody has and one that several customers share end alike (None) and do the
    same work. They are counted per conversation, source and contact with the guesses at orders; raises TooManyTries,
    also for the right number, once these are used up.
    """
    numbers = customers.normal_phones(phone)
    things = {"conversation": conversation.public_id, "source": source, "contact": " ".join(numbers)}
    await identity.count_guesses(session, things)
    on_file = select(Contact).where(Contact.kind == "phone", Contact.value.in_(numbers))
    contacts = list(await session.scalars(on_file.order_by(Contact.id)))
    if not own or len({contact.customer_id for contact in contacts}) != 1:
        return None
    await identity.forgive_guesses(session, things)
    for contact in contacts:
        contact.confirmed_at = contact.confirmed_at or clock.now()
    customer = await session.get_one(Customer, contacts[0].customer_id)
    await identity.grant_customer(session, conversation, customer_id=customer.id, method="telegram_contact")
    await identity.link(session, conversation, customer)
    return customer
