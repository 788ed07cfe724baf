"""What tests of one-time codes do again and again."""

from crm_store import conversations, identity, identity_codes
from crm_store.models import Conversation

SECRET = "s" * 40
WANTED = {"intent": "ask_points_balance", "entities": {}}


async def talk_of(store, address) -> Conversation:
    async with store.write() as session:
        talk = await conversations.start(session, channel="website", address=address, language="hy")
        await conversations.accept(session, talk, text="?", external_id="1")
    return talk


async def ask(store, talk, contact="ani@example.com") -> str:
    """Ask for a code; the right digits."""
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        challenge = await identity_codes.ask_code(session, row, contact=contact, wanted=WANTED)
    return identity_codes.code_of(challenge, SECRET)


async def confirm(store, talk, digits) -> identity_codes.Judged:
    async with store.write() as session:
        row = await session.get_one(Conversation, talk.id)
        return await identity_codes.confirm(session, row, digits=digits, secret=SECRET)


async def level(store, talk) -> int:
    async with store.read() as session:
        return await identity.level(session, await session.get_one(Conversation, talk.id))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"
