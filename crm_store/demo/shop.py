"""The demo shop itself, and the rules of its points."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm_store.demo.drawn import TIME_ZONE, utc
from crm_store.models import Programme, Shop


def shop(today: datetime) -> Shop:
    """Tatev & Tamar of Yerevan, a little older than its first order."""
    return Shop(
        id=1,
        name="Tatev & Tamar",
        currency="AMD",
        time_zone=TIME_ZONE,
        languages=["hy", "en", "ka"],
        default_language="hy",
        is_demo=True,
        created_at=utc(today - timedelta(days=600)),
    )


def programme() -> Programme:
    """A point for each hundred drams, worth five of them; earned two weeks after delivery, gone after a year."""
    return Programme(
        shop_id=1,
        minor_units_per_point=10_000,
        points_per_unit=1,
        point_value=500,
        smallest_redemption=100,
        pending_days=14,
        expiry_days=365,
    )
