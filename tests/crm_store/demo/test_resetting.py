"""A demo is thrown away and filled anew; anything else is left alone."""

import pytest

from barev import clock
from crm_store import conversations, demo, schema
from crm_store.models import Conversation, Shop
from tests.crm_store.demo.reading import PASSWORDS, all_of
from tests.crm_store.fixtures import Database


async def test_resetting_throws_everything_away_and_fills_anew(database: Database):
    await _put(database, is_demo=True)
    again = await demo.reset(database.url, database.schema, passwords=PASSWORDS)
    opened = database.open()
    assert await demo.is_filled(opened) and not await all_of(opened, Conversation)
    assert again.rows["orders"] == 3000 and again.passwords.items() >= PASSWORDS.items()
    assert await schema.state(database.url, database.schema) == "current"
    await opened.close()


async def test_a_shop_that_is_no_demo_is_never_reset(database: Database):
    await _put(database, is_demo=False)
    with pytest.raises(demo.NotDemo):
        await demo.reset(database.url, database.schema)
    opened = database.open()
    assert not await demo.is_filled(opened) and len(await all_of(opened, Conversation)) == 1
    await opened.close()


async def _put(database: Database, *, is_demo: bool) -> None:
    """A shop and somebody who wrote to it."""
    store = database.open()
    async with store.write() as session:
        words = {"name": "A shop", "currency": "AMD", "time_zone": "Asia/Yerevan", "default_language": "hy"}
        session.add(Shop(id=1, languages=["hy"], is_demo=is_demo, created_at=clock.now(), **words))
        await conversations.start(session, channel="website", address="somebody", language="hy")
    await store.close()
