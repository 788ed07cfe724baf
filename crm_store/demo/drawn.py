"""What everything drawn for the demo shop shares: one source of chance, one today, and the data beside."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from barev import clock

TIME_ZONE = "Asia/Yerevan"


def today() -> datetime:
    """The midnight in Yerevan with which today began; all that has happened in the demo shop happened before."""
    return clock.now().astimezone(ZoneInfo(TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def at_hour(chance: Random, day: datetime, hours: tuple[int, int]) -> datetime:
    """A time of this day, from the first hour until before the second."""
    seconds = chance.randrange(hours[0] * 3600, hours[1] * 3600)
    return day.replace(hour=0, minute=0, second=0) + timedelta(seconds=seconds)


def utc(time: datetime) -> datetime:
    return time.astimezone(UTC)


def public_id(chance: Random) -> str:
    """Of the shape of the models' public ids, but the same in every filling: the demo shop guards nothing."""
    return base64.urlsafe_b64encode(chance.randbytes(16)).rstrip(b"=").decode()


@cache
def data(name: str) -> Any:
    """The content of data/<name>.yml."""
    return yaml.safe_load((resources.files(__package__) / "data" / f"{name}.yml").read_text(encoding="utf-8"))
