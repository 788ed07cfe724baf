"""The owner, signed in, and the shop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from crm_store.db import Store
from tests.bot.conftest import Gateway
from tests.bot.sign_in.hands import Seat, member, seat
from tests.crm_store import people


@pytest.fixture
async def owner(gateway: Gateway, store: Store) -> AsyncIterator[Seat]:
    async with store.write() as session:
        await people.shop(session)
    await member(store, "owner")
    browser = seat(gateway.url)
    await browser.sign_in("owner@shop.example")
    yield browser
    await browser.http.close()
