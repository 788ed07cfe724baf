"""Updates as Telegram sent them: kept before they are understood."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of

UPDATE_STATES = ("received", "done", "failed")


class TelegramUpdate(Base):
    """One update of one bot; Telegram is told "received" after this row is committed, and it is read only then."""

    __tablename__ = "telegram_updates"
    __table_args__ = (
        one_of("state", UPDATE_STATES),
        UniqueConstraint("bot", "update_id"),
        Index(None, "bot", "state", "update_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bot: Mapped[str]  #: the bot's own id: another bot counts its updates anew
    update_id: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[dict[str, Any] | None]  #: emptied when it is done; of a failed one only its shape is kept
    state: Mapped[str] = mapped_column(default="received")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]  #: name of the exception
    at: Mapped[datetime]
