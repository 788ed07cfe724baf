"""Customers, how they can be reached, and the identities under which they appear in channels."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from barev.names import search_text
from crm_store.models.base import Base, one_of, public_id

CONTACT_KINDS = ("email", "phone")
CHANNELS = ("website", "telegram")


def _from_the_name(context: Any) -> str:
    """For rows that are inserted past the class."""
    return search_text(context.get_current_parameters()["name"])


class Customer(Base):
    """A person the shop knows; everything a customer owns is found through this row."""

    __tablename__ = "customers"
    __table_args__ = (Index(None, "search_text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    name: Mapped[str]
    search_text: Mapped[str] = mapped_column(default=_from_the_name)  #: what the name is found and sorted by
    language: Mapped[str]
    created_at: Mapped[datetime]

    @validates("name")
    def _is_found_by(self, _key: str, name: str) -> str:
        self.search_text = search_text(name)
        return name


class Contact(Base):
    """An e-mail address (lower case) or a phone number (E.164) on file for a customer. Not unique: families share."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("kind", CONTACT_KINDS),
        UniqueConstraint("customer_id", "kind", "value"),
        Index(None, "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    value: Mapped[str]
    confirmed_at: Mapped[datetime | None]


class ChannelIdentity(Base):
    """A visitor as one channel knows them: a browser or a Telegram chat, linked to a customer or not yet."""

    __tablename__ = "channel_identities"
    __table_args__ = (
        one_of("channel", CHANNELS),
        UniqueConstraint("channel", "address"),
        Index(None, "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]  #: website: a random visitor id; telegram: the chat id
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    linked_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]  #: the shopper blocked the bot: nothing is pushed any more
    created_at: Mapped[datetime]
