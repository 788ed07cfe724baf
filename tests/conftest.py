"""For all tests: logs as our processes write them (rich tracebacks take longer than what they tell of), one whole
Barev with a real Rasa, and a browser. What is expensive is started once, for whoever asks first."""

import pytest

from barev.logs import set_up_logs
from tests.rig.browser import browser
from tests.rig.whole import whole

__all__ = ["browser", "whole"]


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    set_up_logs()
