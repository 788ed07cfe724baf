"""How figures and times are shown: filters of the page templates, by the reader's language and the shop's zone."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal


def filters(language: str) -> dict[str, Any]:
    """For one language: `number`, `signed`, `moment` (date and time), `day`, `weekday` (0 is Monday)."""
    locale = Locale.parse(language)
    return {
        "number": partial(format_decimal, locale=locale),
        "signed": lambda number: _sign(number) + format_decimal(abs(number), locale=locale),
        "moment": jinja2.pass_context(partial(_moment, locale)),
        "day": jinja2.pass_context(partial(_day, locale)),
        "weekday": lambda number: get_day_names("wide", "stand-alone", locale)[number],
    }


def _sign(number: int) -> str:
    return "+" if number > 0 else "−" if number < 0 else ""


def _moment(locale: Locale, context: jinja2.runtime.Context, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(context["time_zone"]))
    return f"{format_date(local, format='medium', locale=locale)}, {local:%H:%M}"


def _day(locale: Locale, context: jinja2.runtime.Context, at: date | datetime) -> str:
    local = at.astimezone(ZoneInfo(context["time_zone"])) if isinstance(at, datetime) else at
    return format_date(local, format="medium", locale=locale)
