"""How sure we are who is talking: levels reached, one-time codes asked for, guesses counted."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of, public_id

METHODS = ("order_match", "code", "telegram_contact", "shop_token", "telegram_link")


class Assurance(Base):
    """A level that an episode of a conversation has reached, for whom, how, and until when."""

    __tablename__ = "assurances"
    __table_args__ = (
        one_of("method", METHODS),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        Index(None, "conversation_id", "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episodes.id", ondelete="RESTRICT"))
    level: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", ondelete="RESTRICT")
    )  #: level 1: this order only
    method: Mapped[str]
    seq: Mapped[int | None]  #: of the shopper's message that reached it
    granted_at: Mapped[datetime]
    used_at: Mapped[datetime]  #: level 2 ends 30 idle minutes after this
    ends_at: Mapped[datetime | None]  #: None: with the episode
    ended_at: Mapped[datetime | None]


class CodeChallenge(Base):
    """A one-time code that was asked for; the code itself is an HMAC of the public id and is stored nowhere."""

    __tablename__ = "code_challenges"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index(None, "conversation_id", "created_at"),
        Index(None, "contact_id", "created_at"),
        Index(None, "sent_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("contacts.id", ondelete="RESTRICT")
    )  #: None: nobody has it, the shopper is not told
    ambiguous: Mapped[bool] = mapped_column(
        default=False
    )  #: several customers share the address and none of them is meant: no code, the mail says so
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wanted: Mapped[dict[str, Any] | None]  #: what is answered after the code: {"intent", "entities"}
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]  #: the mail server took it
    send_tries: Mapped[int] = mapped_column(default=0)
    send_after: Mapped[datetime | None]  #: nobody else sends it before; also the pause after a failure


class GuessCount(Base):
    """How often one thing was tried in one window of time: a guess, a failed sign-in, or a code asked for.

    Counted before it is judged, and taken back when it was right. The key is a hash, not the thing itself.
    """

    __tablename__ = "guess_counts"
    __table_args__ = (UniqueConstraint("scope", "key", "window_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]  #: what kind of thing: a key of LIMITS in identity.py or staff.py
    key: Mapped[str]
    window_start: Mapped[datetime]
    count: Mapped[int]
