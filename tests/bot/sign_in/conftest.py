"""Browsers that sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.bot.conftest import Gateway
from tests.bot.sign_in.hands import Seat, seat


@pytest.fixture
async def seats(gateway: Gateway) -> AsyncIterator[Callable[[], Seat]]:
    """Call it for a browser of its own."""
    made: list[Seat] = []

    def new() -> Seat:
        made.append(seat(gateway.url))
        return made[-1]

    yield new
    for one in made:
        await one.http.close()
