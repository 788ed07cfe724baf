"""Points: an append-only ledger of signed rows, and which debit took how much of which lot."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of

NOTHING_WAITS = "pending = 0 AND held = 0"
REASONED = "coalesce(reason, '') <> ''"
SHAPES = {
    "pending": "points = 0 AND pending > 0 AND held = 0 AND resolves_id IS NULL",
    "pending_cancelled": "points = 0 AND pending < 0 AND held = 0 AND resolves_id IS NOT NULL",
    "earn": "points > 0 AND held = 0 AND pending = CASE WHEN resolves_id IS NULL THEN 0 ELSE -points END",
    "hold": "points < 0 AND pending = 0 AND held = -points AND resolves_id IS NULL",
    "release": "points > 0 AND pending = 0 AND held = -points AND resolves_id IS NOT NULL",
    "capture": "points = 0 AND pending = 0 AND held < 0 AND resolves_id IS NOT NULL",
    "redeem": f"points < 0 AND {NOTHING_WAITS} AND resolves_id IS NULL",
    "expire": f"points < 0 AND {NOTHING_WAITS} AND resolves_id IS NULL AND lot_expires_at IS NOT NULL",
    "clawback": "points <= 0 AND pending <= 0 AND held = 0 AND order_id IS NOT NULL",
    "adjust": f"points <> 0 AND {NOTHING_WAITS} AND resolves_id IS NULL AND staff_id IS NOT NULL AND {REASONED}",
    "goodwill": f"points > 0 AND {NOTHING_WAITS} AND resolves_id IS NULL AND {REASONED}",
    "merge": "points <> 0 OR pending <> 0",
    "opening": f"points > 0 AND {NOTHING_WAITS} AND resolves_id IS NULL",
}
"""What a row of each type must look like; the database refuses any other."""
EARNS_BY_ORDER = "source = 'order' AND resolves_id IS NULL AND type IN ('pending', 'earn')"
"""The one row by which an order earns."""
SOURCES = ("order", "review", "referral", "birthday", "quiz", "social", "manual", "system", "reward")


class PointsAccount(Base):
    """The points of one customer; the balances are caches of the sums of its rows, and the row is its lock."""

    __tablename__ = "points_accounts"
    __table_args__ = (CheckConstraint("balance >= 0 AND pending >= 0 AND held >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"), unique=True)
    balance: Mapped[int] = mapped_column(default=0)  #: points that can be spent: sum of rows' points
    pending: Mapped[int] = mapped_column(default=0)  #: sum of rows' pending
    held: Mapped[int] = mapped_column(default=0)  #: sum of rows' held
    last_number: Mapped[int] = mapped_column(default=0)  #: of the newest row
    last_hash: Mapped[str] = mapped_column(default="")  #: of the newest row; the next one is chained to it
    created_at: Mapped[datetime]


class PointsRow(Base):
    """One change of an account. `points` changes what can be spent, `pending` what waits, `held` what is set aside.

    A row that adds points opens a lot; only a release gives them back to the lots that its hold took them from.
    """

    __tablename__ = "points_rows"
    __table_args__ = (
        one_of("source", SOURCES),
        CheckConstraint(
            " OR ".join(f"(type = '{word}' AND ({shape}))" for word, shape in SHAPES.items()), name="shape"
        ),
        UniqueConstraint("account_id", "idempotency_key"),
        UniqueConstraint("account_id", "number"),
        Index("uq_points_rows_resolves", "resolves_id", unique=True),
        Index(
            "uq_points_rows_order_earns",
            "order_id",
            unique=True,
            sqlite_where=text(EARNS_BY_ORDER),
            postgresql_where=text(EARNS_BY_ORDER),
        ),
        Index(None, "account_id", "lot_expires_at"),
        Index(None, "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("points_accounts.id", ondelete="RESTRICT"))
    number: Mapped[int]  #: 1, 2, 3 … within the account: the order of the chain
    type: Mapped[str]
    points: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    source: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="RESTRICT"))
    #: the pending or hold row that this one ends; at most one does
    resolves_id: Mapped[int | None] = mapped_column(ForeignKey("points_rows.id", ondelete="RESTRICT"))
    lot_expires_at: Mapped[datetime | None]  #: of the lot it opens (None: never) or expires
    idempotency_key: Mapped[str]
    request_hash: Mapped[str]  #: the same key with another request is a conflict
    reason: Mapped[str | None]  #: of an adjustment or goodwill, in the agent's words; never personal data
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    previous_hash: Mapped[str]
    row_hash: Mapped[str]


class PointsAllocation(Base):
    """A debit took so many points of a lot (positive), or gave them back (negative: a released hold)."""

    __tablename__ = "points_allocations"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        UniqueConstraint("row_id", "lot_id"),
        Index(None, "lot_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("points_rows.id", ondelete="RESTRICT"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("points_rows.id", ondelete="RESTRICT"))
    points: Mapped[int]
