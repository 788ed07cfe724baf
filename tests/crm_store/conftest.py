"""A real store of each kind, a clock that moves, the shop, and rows of people who are never asked about."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crm_store.db import Store
from crm_store.models import Programme
from tests.crm_store import people
from tests.crm_store.fixtures import *  # noqa: F403


@pytest.fixture
async def programme(store: Store) -> Programme:
    """The shop is set up; points end after a year."""
    async with store.write() as session:
        return await people.shop(session)


@pytest.fixture
async def noise(store: Store) -> None:
    """Rows that a query with a missing filter would find."""
    async with store.write() as session:
        await people.others(session)


@pytest.fixture
def do(store: Store) -> Callable[..., Awaitable[Any]]:
    """Calls a store function in a transaction of its own: `await do(loyalty.redeem, ani, 200, ...)`."""

    async def call(function: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        async with store.write() as session:
            return await function(session, *args, **options)

    return call


@pytest.fixture
def ask(store: Store) -> Callable[..., Awaitable[Any]]:
    """Calls a store function that only reads."""

    async def call(function: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        async with store.read() as session:
            return await function(session, *args, **options)

    return call
