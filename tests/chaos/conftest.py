"""What chaos tests share: databases, and one source of chance whose seed is printed."""

from __future__ import annotations

import os
import random

import pytest

from tests.crm_store.fixtures import database, migrated_postgresql, migrated_sqlite  # noqa: F401


@pytest.fixture
def chance() -> random.Random:
    """Random moments; BAREV_TEST_SEED repeats a run as far as the machine does."""
    seed = int(os.environ.get("BAREV_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"BAREV_TEST_SEED={seed}")
    return random.Random(seed)
