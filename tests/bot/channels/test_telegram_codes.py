"""A one-time code typed on Telegram: what Telegram sent is cleared in the commit that reads it."""

from sqlalchemy import select

from crm_store import identity_codes
from crm_store.models import Base, Conversation, TelegramUpdate
from tests.bot.channels.test_telegram import ANI, words
from tests.crm_store import people


async def test_the_code_stands_in_no_table_after_its_update_was_read(polling):
    polling.rasa.script = lambda turn: [{"name": "utter_greet"}]
    async with polling.store.write() as session:
        await people.ani(session)
    await polling.say(ANI, "hello")
    talk = await polling.conversation(ANI)
    async with polling.store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact="ani@example.com", wanted=None)
    code = identity_codes.code_of(challenge, polling.secrets.codes)
    assert await polling.say(ANI, f"it is {code[:3]}.{code[3:]}") == [words("utter_code_right")]
    await polling.delivered()
    assert await polling.read() == {"done": 2}
    async with polling.store.read() as session:
        assert set(await session.scalars(select(TelegramUpdate.raw))) == {None}
        rows = [tuple(row) for t in Base.metadata.sorted_tables for row in await session.execute(select(t))]
    assert "it is ••••••" in repr(rows)
    assert code not in repr(rows) and f"{code[:3]}.{code[3:]}" not in repr(rows)
