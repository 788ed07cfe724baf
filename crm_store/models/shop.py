"""The shop of this installation, its programme of points, what it tells of itself, and its owner's wordings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from barev.language import LANGUAGES
from crm_store.models.base import Base, one_of

TOPICS = ("shipping", "payment", "returns", "contact")
RULES = (
    "minor_units_per_point > 0 AND points_per_unit >= 0 AND point_value > 0 AND smallest_redemption > 0"
    " AND pending_days >= 0 AND expiry_days > 0"  # NULL > 0 is no refusal: no expiry
)


class Shop(Base):
    """The one shop that this installation serves."""

    __tablename__ = "shop"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("length(currency) = 3 AND currency = upper(currency)", name="currency"),
        one_of("default_language", LANGUAGES),
    )

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
    __table_args__ = (CheckConstraint(RULES, name="sane"),)

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
    __table_args__ = (one_of("language", LANGUAGES), UniqueConstraint("name", "language"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  #: of the response, for example utter_greet
    language: Mapped[str]
    text: Mapped[str]
    changed_at: Mapped[datetime]


class ShopFact(Base):
    """What the shop tells about one topic, in the owner's own words."""

    __tablename__ = "shop_facts"
    __table_args__ = (
        one_of("topic", TOPICS),
        one_of("language", LANGUAGES),
        UniqueConstraint("topic", "language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    changed_at: Mapped[datetime]


class OpeningHours(Base):
    """One interval of a weekday in which the shop is open; a break makes two."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens LIKE '__:__' AND closes LIKE '__:__'", name="times"),
        UniqueConstraint("weekday", "opens"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]  #: 0 is Monday
    opens: Mapped[str]  #: HH:MM in the shop's time zone
    closes: Mapped[str]  #: HH:MM; not after `opens`: on the next day


class ClosedDay(Base):
    """A day on which the shop does not open, whatever its weekday."""

    __tablename__ = "closed_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    reason: Mapped[dict[str, Any]]  #: {"en": ..., "hy": ..., "ka": ...}; may be empty
