"""What customers say about an order or about the help they got."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of

ABOUT = ("order", "help", "shop")


class Rating(Base):
    """A rating of 1 to 5 with an optional comment: once per order, once per episode for the help or the shop."""

    __tablename__ = "ratings"
    __table_args__ = (
        one_of("about", ABOUT),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        UniqueConstraint("about", "order_id"),
        Index(None, "at"),
        Index(None, "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="RESTRICT"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="RESTRICT"))
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episodes.id", ondelete="RESTRICT"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    channel: Mapped[str]
    score: Mapped[int]
    comment: Mapped[str | None]
    at: Mapped[datetime]


class FeedbackRequest(Base):
    """A question for feedback that is due or was asked, once per order."""

    __tablename__ = "feedback_requests"
    __table_args__ = (Index(None, "asked_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="RESTRICT"), unique=True)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="RESTRICT"))
