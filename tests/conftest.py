"""For all tests: logs as our processes write them (rich tracebacks take longer than what they tell of), one whole
Barev with a real Rasa, and a browser. What is expensive is started once, for whoever asks first."""

import os
import shutil
from pathlib import Path

import pytest

from barev.logs import set_up_logs
from tests.rig.browser import browser
from tests.rig.whole import whole

__all__ = ["browser", "whole"]

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3


def pytest_configure() -> None:
    """Folders of tests lie in memory where there is room: databases call `fsync` as ever, and nobody waits for it.

    No test cuts the power; what a kill leaves behind is the same in memory.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    set_up_logs()
