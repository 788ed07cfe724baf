"""The demo shop itself, what it tells of itself, and the rules of its points."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crm_store.demo.drawn import TIME_ZONE, data, utc
from crm_store.demo.rows import Rows
from crm_store.models import ClosedDay, OpeningHours, Programme, Shop, ShopFact
from crm_store.shop import whole_week


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


def facts(rows: Rows, today: datetime) -> None:
    """Opening hours, the holidays of the coming year, and what it tells about delivery, payment and returns."""
    told = data("shop")
    for topic, texts in told["facts"].items():
        for language, text in texts.items():
            rows.add(ShopFact, topic=topic, language=language, text=text.strip(), changed_at=utc(today))
    for weekday, opens, closes in whole_week([_intervals(day) for day in told["hours"]]):
        rows.add(OpeningHours, weekday=weekday, opens=opens, closes=closes)
    for month_day, reason in told["holidays"].items():
        day = date.fromisoformat(f"{today.year}-{month_day}")
        rows.add(
            ClosedDay, day=day if day >= today.date() else day.replace(year=today.year + 1), reason=reason
        )


def _intervals(day: str) -> list[tuple[str, str]]:
    """ "11:00-14:00, 15:00-18:00" """
    return [(span.strip()[:5], span.strip()[6:]) for span in day.split(",") if span.strip()]
