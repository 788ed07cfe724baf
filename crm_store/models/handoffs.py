"""Requests for a person, with everything the agent should know."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of, public_id

REASONS = ("asked_for_person", "not_understood", "not_allowed", "action_failed", "unhappy")
HANDOFF_STATES = ("waiting", "taken", "resolved", "withdrawn")


class Handoff(Base):
    """A conversation waits for a person, is with one, or was; at most one is open for a conversation."""

    __tablename__ = "handoffs"
    __table_args__ = (
        one_of("reason", REASONS),
        one_of("state", HANDOFF_STATES),
        Index(None, "state", "priority", "asked_at"),
        Index(None, "staff_id", "state"),
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'taken')"),
            postgresql_where=text("state IN ('waiting', 'taken')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episodes.id", ondelete="RESTRICT"))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    packet: Mapped[dict[str, Any]]  #: words, tried, orders, points, level, language
    language: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)  #: higher first, then the oldest
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    seen_seq: Mapped[int]  #: of the newest message that the person who has it has looked at
    asked_at: Mapped[datetime]
    promised_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
