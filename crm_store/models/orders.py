"""Products, orders with their lines, and the history of each order."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.base import Base, one_of, public_id

ORDER_STATUSES = (
    "unfulfilled",
    "processing",
    "pending_delivery",
    "attempted",
    "ready_for_pickup",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "failed_delivery",
    "failed_fulfilment",
    "cancelled",
    "partially_refunded",
    "refunded",
    "not_available",
)


class Product(Base):
    """Something the shop sells; titles per language, price in minor units."""

    __tablename__ = "products"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(unique=True)
    titles: Mapped[dict[str, Any]]  #: {"en": ..., "hy": ..., "ka": ...}
    category: Mapped[str]
    price: Mapped[int] = mapped_column(BigInteger)


class Order(Base):
    """What a customer bought; amounts in minor units of the shop's currency."""

    __tablename__ = "orders"
    __table_args__ = (
        one_of("status", ORDER_STATUSES),
        CheckConstraint("total >= 0", name="total"),
        Index(None, "customer_id", "placed_at"),
        Index(None, "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    number: Mapped[str] = mapped_column(unique=True)  #: as printed for the customer: BR-104217
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    status: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger)
    email: Mapped[str | None]  #: given with the order, lower case
    phone: Mapped[str | None]  #: given with the order, E.164
    address: Mapped[str]
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    tracking_url: Mapped[str | None]
    placed_at: Mapped[datetime]
    promised_at: Mapped[datetime | None]  #: when it was promised to arrive
    delivered_at: Mapped[datetime | None]


class OrderLine(Base):
    """One product of an order, with its title and price as they were when it was bought."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price >= 0", name="amounts"),
        Index(None, "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="RESTRICT"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    titles: Mapped[dict[str, Any]]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)


class OrderChange(Base):
    """A status an order has had, since when; never changed."""

    __tablename__ = "order_changes"
    __table_args__ = (one_of("status", ORDER_STATUSES), Index(None, "order_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="RESTRICT"))
    status: Mapped[str]
    at: Mapped[datetime]
