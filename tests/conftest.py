"""For all tests: logs as our processes write them (rich tracebacks would take longer than what they tell of)."""

import pytest

from barev.logs import set_up_logs


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    set_up_logs()
