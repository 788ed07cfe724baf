"""Conversations, their episodes, the append-only transcript, and what must be pushed out."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of, public_id

STATUSES = ("bot", "waiting", "agent", "closed")
AUTHORS = ("shopper", "bot", "agent", "system")
KINDS = ("text", "button", "contact", "attachment", "unsupported", "event")
DELIVERY_STATES = ("waiting", "sending", "sent", "failed")


class Conversation(Base):
    """One thread of one channel identity; it lives for ever, its public id begins Rasa's sender."""

    __tablename__ = "conversations"
    __table_args__ = (one_of("status", STATUSES), Index(None, "leased_until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    identity_id: Mapped[int] = mapped_column(
        ForeignKey("channel_identities.id", ondelete="RESTRICT"), unique=True
    )
    status: Mapped[str] = mapped_column(default="bot")
    language: Mapped[str]
    language_chosen: Mapped[bool] = mapped_column(default=False)  #: the shopper's explicit choice wins
    last_seq: Mapped[int] = mapped_column(default=0)  #: of the newest message
    answered_seq: Mapped[int] = mapped_column(default=0)  #: of the newest message that has had its turn
    told_delayed_seq: Mapped[int] = mapped_column(
        default=0
    )  #: the shopper was told once that an answer is late
    rasa_number: Mapped[int] = mapped_column(default=1)  #: Rasa's sender is "<public id>.<this>"
    rasa_turns: Mapped[int] = mapped_column(default=0)  #: turns taken under this number
    form: Mapped[str | None]  #: the form that is open in Rasa
    turn_at: Mapped[datetime | None]  #: of the latest turn
    leased_by: Mapped[str | None]  #: the gateway that works on it
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class VisitorToken(Base):
    """What a browser shows to come back to its conversation; stored only as a hash, replaced at each rise in level."""

    __tablename__ = "visitor_tokens"
    __table_args__ = (Index(None, "identity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("channel_identities.id", ondelete="RESTRICT"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class Episode(Base):
    """From the first message to resolve or 24 idle hours; handoffs, ratings and levels belong to one."""

    __tablename__ = "episodes"
    __table_args__ = (Index(None, "conversation_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    started_at: Mapped[datetime]
    last_message_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Message(Base):
    """A line of the transcript; `seq` orders a conversation, never the time."""

    __tablename__ = "messages"
    __table_args__ = (
        one_of("author", AUTHORS),
        one_of("kind", KINDS),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "external_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episodes.id", ondelete="RESTRICT"))
    seq: Mapped[int]
    author: Mapped[str]
    kind: Mapped[str] = mapped_column(default="text")
    text: Mapped[str]  #: as the shopper reads it
    language: Mapped[str]
    name: Mapped[str | None]  #: of the response, where the line has one
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)  #: typed values of the response
    buttons: Mapped[list[Any]] = mapped_column(default=list)  #: [{"title", "button"}]
    card: Mapped[dict[str, Any] | None]
    pressed: Mapped[
        dict[str, Any] | None
    ]  #: a button or command: {"intent", "entities"} or {"reply"}; a code: "say" too
    in_reply_to: Mapped[int | None]  #: seq of the shopper's message
    external_id: Mapped[str | None]  #: the channel's own id; the same one again is a no-op
    source: Mapped[str | None]  #: keyed hash of where it came from: wrong guesses are counted by it
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    at: Mapped[datetime]


class Button(Base):
    """A button that was offered: what it means stays here, the channel gets an opaque token of its own."""

    __tablename__ = "buttons"
    __table_args__ = (Index(None, "conversation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    title: Mapped[str]
    intent: Mapped[str]
    entities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    level: Mapped[int] = mapped_column(default=0)  #: checked when it is pressed
    expires_at: Mapped[datetime]


class Delivery(Base):
    """A message that must be pushed to an address (Telegram, e-mail), in order, with retries."""

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("state", DELIVERY_STATES),
        UniqueConstraint("message_id", "channel", "address"),
        Index(None, "state", "next_try_at"),
        Index(None, "conversation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="RESTRICT"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    channel: Mapped[str]
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]  #: while `sending`: when another gateway may take it up
    external_id: Mapped[str | None]  #: what the channel called the message it took
    last_error: Mapped[str | None]


class ActionRun(Base):
    """An action that has acted for a message: asked again with the same message it returns this result."""

    __tablename__ = "action_runs"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    message_id: Mapped[str]  #: Rasa's message id: "<seq>" of the turn
    action: Mapped[str]
    result: Mapped[dict[str, Any]]  #: {"events": [...], "responses": [...]} as given to Rasa
    at: Mapped[datetime]
