"""Of several gateways one works on a conversation; what was ended is free at once."""

import pytest

from crm_store import conversations, conversations_leases
from crm_store.conversations_leases import LEASE
from crm_store.models import Conversation


@pytest.fixture
async def talk(store) -> Conversation:
    async with store.write() as session:
        return await conversations.start(session, channel="website", address="ani", language="hy")


async def lease(do, talk, gateway) -> bool:
    return bool(await do(conversations_leases.lease, [talk.id], gateway=gateway))


async def test_one_works_and_the_other_waits_until_it_ends(do, talk):
    assert await lease(do, talk, "one") and not await lease(do, talk, "other")
    await do(conversations_leases.end, [talk.id], gateway="other")
    assert not await lease(do, talk, "other")
    await do(conversations_leases.end, [talk.id], gateway="one")
    assert await lease(do, talk, "other")


async def test_a_lease_that_was_ended_is_not_renewed(do, talk):
    await lease(do, talk, "one")
    await do(conversations_leases.end, [talk.id], gateway="one")
    await do(conversations_leases.renew, [talk.id], gateway="one")
    assert await lease(do, talk, "other")


async def test_a_lease_that_was_renewed_holds_longer(do, talk, move_clock):
    await lease(do, talk, "one")
    move_clock(LEASE * 0.7)
    await do(conversations_leases.renew, [talk.id], gateway="one")
    move_clock(LEASE * 1.4)
    assert not await lease(do, talk, "other")


async def test_a_lease_that_another_one_took_over_is_not_renewed(do, talk, move_clock):
    await lease(do, talk, "one")
    move_clock(LEASE * 1.1)
    assert await lease(do, talk, "other")
    move_clock(LEASE * 2.2)
    await do(conversations_leases.renew, [talk.id], gateway="one")
    assert await lease(do, talk, "third")
