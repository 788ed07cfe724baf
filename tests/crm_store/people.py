"""The people of the tests, and what they buy. Their addresses and numbers are nobody's."""

from __future__ import annotations

import itertools
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import loyalty
from crm_store.models import Contact, Customer, Order, Programme, Shop, Staff

_numbers = itertools.count(104001)


async def person(session: AsyncSession, name: str, *, language: str, email: str, phone: str) -> Customer:
    customer = Customer(name=name, language=language, created_at=clock.now())
    session.add(customer)
    await session.flush()
    for kind, value in (("email", email), ("phone", phone)):
        session.add(Contact(customer_id=customer.id, kind=kind, value=value, confirmed_at=clock.now()))
    await session.flush()
    return customer


async def ani(session: AsyncSession) -> Customer:
    return await person(session, "Ani", language="hy", email="ani@example.com", phone="+37400000001")


async def nino(session: AsyncSession) -> Customer:
    return await person(session, "Nino", language="ka", email="nino@example.com", phone="+995500000002")


async def john(session: AsyncSession) -> Customer:
    return await person(session, "John", language="en", email="john@example.com", phone="+37400000003")


async def mariam(session: AsyncSession) -> Staff:
    """An agent of the shop."""
    staff = Staff(email="mariam@shop.example", name="Mariam", role="agent", language="en")
    staff.password_hash, staff.created_at = "none", clock.now()
    session.add(staff)
    await session.flush()
    return staff


async def order(
    session: AsyncSession,
    customer: Customer,
    *,
    total: int = 2_500_000,
    delivered_days_ago: int | None = None,
) -> Order:
    """An order of this customer, with the next number; delivered only if it is said when."""
    delivered = None if delivered_days_ago is None else clock.now() - timedelta(days=delivered_days_ago)
    new = Order(
        number=f"BR-{next(_numbers)}",
        customer_id=customer.id,
        status="delivered" if delivered else "processing",
        total=total,
        address="Abovyan 1, Yerevan",
        placed_at=clock.now() - timedelta(days=(delivered_days_ago or 0) + 3),
        delivered_at=delivered,
    )
    session.add(new)
    await session.flush()
    return new


async def shop(session: AsyncSession, *, expiry_days: int | None = 365) -> Programme:
    """The shop and its programme: a point for 100 drams, spendable 14 days after delivery."""
    new = Shop(name="Demo", currency="AMD", time_zone="Asia/Yerevan", created_at=clock.now())
    new.languages, new.default_language = ["hy", "ka", "en"], "hy"
    session.add(new)
    await session.flush()
    programme = Programme(shop_id=new.id, minor_units_per_point=10_000, point_value=1_000)
    programme.smallest_redemption, programme.pending_days, programme.expiry_days = 100, 14, expiry_days
    session.add(programme)
    await session.flush()
    return programme


async def others(session: AsyncSession) -> None:
    """Customers who are never asked about, with orders and with points of every kind."""
    for name in ("Gor", "Salome"):
        email = f"{name.lower()}@example.com"
        other = await person(session, name, language="hy", email=email, phone="+37400000009")
        bought = await order(session, other, delivered_days_ago=40)
        await loyalty.earn_pending(session, other, bought, points=777)
        await loyalty.opening(session, other, 5_000, expires_at=clock.now() + timedelta(days=3))
        await loyalty.hold(session, other, 333, idempotency_key="noise")
        await loyalty.redeem(session, other, 111, idempotency_key="more noise")
