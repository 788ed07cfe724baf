"""The one clock: every time in Barev comes from here, so that tests can move it for all processes at once."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_FILE = "BAREV_CLOCK_FILE"
"""Environment variable of tests only: a file that holds the seconds by which the clock is moved."""


def now() -> datetime:
    """The time now: aware, UTC, moved by the seconds in the test's clock file where one is named."""
    moved = os.environ.get(CLOCK_FILE)
    if not moved:
        return datetime.now(UTC)
    path = Path(moved)
    seconds = float(path.read_text() or 0) if path.exists() else 0.0
    return datetime.now(UTC) + timedelta(seconds=seconds)
