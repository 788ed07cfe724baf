"""Customers and the contacts by which they are known."""

from __future__ import annotations

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.models import ChannelIdentity, Customer

HOME_REGIONS = ("AM", "GE")
"""Where a phone number without a country code is looked for, in this order."""


def normal_email(text: str) -> str:
    """An e-mail address as it is stored and compared."""
    return text.strip().lower()


def normal_phones(text: str) -> list[str]:
    """The E.164 numbers that a typed phone number can mean: one with a country code, one per home region without."""
    found = []
    for region in HOME_REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(number) and value not in found:
            found.append(value)
    return found


async def of_identity(session: AsyncSession, identity: ChannelIdentity) -> Customer | None:
    """The customer that a channel identity is linked to, if it is."""
    return await session.get(Customer, identity.customer_id) if identity.customer_id else None
