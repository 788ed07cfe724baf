"""The people who work in the shop and sign in to the desk or the owner's pages."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of, public_id

ROLES = ("agent", "lead", "owner")


class Staff(Base):
    """A person who may sign in; disabled, never deleted, because the transcript names them."""

    __tablename__ = "staff"
    __table_args__ = (one_of("role", ROLES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    email: Mapped[str] = mapped_column(unique=True)  #: lower case
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]  #: of the desk's pages
    password_hash: Mapped[str]  #: argon2id
    one_time_until: Mapped[datetime | None]  #: somebody else made the password: good once, until then
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    """A sign-in of a member of staff; the cookie's token is stored only as its hash."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index(None, "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]  #: the session ends 30 minutes after its last use
    ends_at: Mapped[datetime]  #: and at this time whatever happens
    ended_at: Mapped[datetime | None]
