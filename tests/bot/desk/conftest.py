"""Agents at their desks, beside shoppers at a gateway with a stub Rasa."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from crm_store.db import Store
from tests.bot.conftest import Gateway
from tests.bot.desk.hands import Agent, Waiting, agent, wait_for_person


@pytest.fixture
async def agents(gateway: Gateway, store: Store) -> AsyncIterator[Callable[..., Awaitable[Agent]]]:
    """Call it for somebody who has signed in: `await agents("Mariam", role="agent", language="en")`."""
    made: list[Agent] = []

    async def new(name: str = "Mariam", **about: str) -> Agent:
        made.append(await agent(gateway.url, store, name, **about))
        return made[-1]

    yield new
    for one in made:
        await one.seat.http.close()


@pytest.fixture
def waiting(gateway: Gateway, store: Store) -> Callable[..., Awaitable[Waiting]]:
    """Call it for a shopper who waits for a person."""

    async def new(text: str = "I want a person", language: str = "en") -> Waiting:
        return await wait_for_person(gateway, store, text, language)

    return new
