"""What the shop tells of itself: opening hours, delivery, payment, returns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.base import BarevAction
from actions.turn import PERSON, Turn
from barev import clock
from crm_store import shop

TOPICS = {
    "ask_shipping_options": "shipping",
    "ask_payment_methods": "payment",
    "ask_return_policy": "returns",
}
HOLIDAYS_AHEAD = timedelta(days=14)
"""A closed day is told so long before."""

Value = dict[str, Any]


class ShopFact(BarevAction):
    """Answers by intent with the owner's own words; what the shop tells nothing about, a person can answer."""

    called = "action_shop_fact"

    async def act(self, turn: Turn) -> None:
        if turn.intent == "ask_opening_hours":
            await self._hours(turn)
            return
        texts = await shop.facts(turn.session, TOPICS.get(turn.intent or "", ""))
        if texts:
            turn.say("utter_shop_fact", fact={"texts": texts}, choices=[PERSON])
        else:
            turn.say("utter_shop_fact_missing", choices=[PERSON])

    async def _hours(self, turn: Turn) -> None:
        """Whether it is open now, then the week, the next closed days, and where the shop is."""
        now = clock.now()
        the_shop = await shop.the_shop(turn.session)
        zone = ZoneInfo(the_shop.time_zone if the_shop else "UTC")
        today = now.astimezone(zone).date()
        opening = await shop.opening(turn.session, now)
        contact = await shop.facts(turn.session, "contact")
        where: list[Value] = [{"texts": contact}] if contact else []
        if not opening.known:
            turn.say("utter_shop_hours_missing", about={"lines": where}, choices=[PERSON])
            return
        closed = await shop.closed_days(turn.session, since=today)
        soon = [_closed(day, reason) for day, reason in closed.items() if day <= today + HOLIDAYS_AHEAD]
        about = {"lines": [*_week(await shop.hours(turn.session)), *soon, *where]}
        if opening.closes_at:
            turn.say("utter_shop_hours_open", until=_time(opening.closes_at, zone), about=about)
        elif opening.is_open:
            turn.say("utter_shop_hours_always_open", about=about)
        elif opening.opens_at:
            day = _day(opening.opens_at.astimezone(zone).date(), today)
            turn.say("utter_shop_hours_closed", day=day, time=_time(opening.opens_at, zone), about=about)
        else:
            turn.say("utter_shop_hours_closed_for_long", about=about, choices=[PERSON])


def _week(week: list[list[shop.Interval]]) -> list[Value]:
    """A line for each group of days with the same hours, the group of the earliest day first."""
    groups: dict[tuple[shop.Interval, ...], list[int]] = {}
    for weekday, intervals in enumerate(week):
        groups.setdefault(tuple(intervals), []).append(weekday)
    return [_line(weekdays, intervals) for intervals, weekdays in groups.items()]


def _line(weekdays: list[int], intervals: tuple[shop.Interval, ...]) -> Value:
    values: Value = {"days": {"weekdays": weekdays}}
    if not intervals:
        return {"word": "hours_closed", "values": values}
    spans = [
        {"time": opens, "until": "24:00" if closes == "00:00" else closes} for opens, closes in intervals
    ]
    return {"word": "hours_line", "values": values | {"hours": {"list": spans}}}


def _closed(day: date, reason: dict[str, str]) -> Value:
    values: Value = {"day": {"date": day.isoformat()}}
    if not reason:
        return {"word": "closed_day", "values": values}
    return {"word": "closed_day_because", "values": values | {"reason": {"texts": reason}}}


def _day(day: date, today: date) -> Value:
    """The day as people name it: today, tomorrow, a weekday within a week, else the date."""
    days = (day - today).days
    if days < 2:
        return {"word": "tomorrow" if days else "today"}
    return {"weekdays": [day.weekday()]} if days < 7 else {"date": day.isoformat()}


def _time(moment: datetime, zone: ZoneInfo) -> Value:
    return {"time": f"{moment.astimezone(zone):%H:%M}"}
