"""The shop of this installation, its programme of points and the texts its owner has changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base


class Shop(Base):
    """The one shop that this installation serves."""

    __tablename__ = "shop"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    currency: Mapped[str]  #: ISO 4217; amounts of the store are minor units of it
    time_zone: Mapped[str]  #: IANA name; opening hours and printed dates follow it
    languages: Mapped[list[Any]]  #: of en, hy, ka, in the order the shop offers them
    default_language: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)  #: demo data; refused with a public address
    created_at: Mapped[datetime]


class Programme(Base):
    """The rules by which points are earned, wait, expire and are spent."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("points_per_unit >= 0 AND smallest_redemption > 0", name="sane"),)

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id", ondelete="RESTRICT"), primary_key=True)
    minor_units_per_point: Mapped[int]  #: an order earns one point for this much, rounded down
    points_per_unit: Mapped[int] = mapped_column(default=1)  #: multiplier on the line above
    point_value: Mapped[int]  #: minor units that one point pays when it is spent
    smallest_redemption: Mapped[int]  #: points
    pending_days: Mapped[int]  #: points of an order wait this long after delivery
    expiry_days: Mapped[int | None]  #: a lot expires this long after it was earned; None: never


class ShopText(Base):
    """A wording the owner has changed; it wins over data/responses/ at once."""

    __tablename__ = "shop_texts"
    __table_args__ = (UniqueConstraint("name", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  #: of the response, for example utter_greet
    language: Mapped[str]
    text: Mapped[str]
    changed_at: Mapped[datetime]
