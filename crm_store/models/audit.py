"""Who did what that others may have to answer for; append-only, each row chained to the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base


class AuditRow(Base):
    """One privileged act; never changed or deleted (triggers refuse)."""

    __tablename__ = "audit_rows"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    act: Mapped[str]
    subject: Mapped[str]  #: public id of what was acted upon
    details: Mapped[dict[str, Any]]  #: never personal data
    previous_hash: Mapped[str]
    row_hash: Mapped[str] = mapped_column(unique=True)
