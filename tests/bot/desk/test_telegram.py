"""A shopper on Telegram and an agent at the desk: what the agent says is pushed, in order, once."""

from sqlalchemy import select

from crm_store import conversations, handoffs
from crm_store.models import ChannelIdentity, Conversation
from tests.bot.channels.conftest import house
from tests.bot.desk.hands import agent

CHAT = 4711


async def test_an_agents_answer_is_pushed_and_the_bot_is_silent_until_it_is_resolved(database, tmp_path):
    async with house(database, tmp_path) as home:

        async def hand_off(turn):
            async with home.store.write() as session:
                public_id = turn["sender"].rpartition(".")[0]
                row = await conversations.by_public_id(session, public_id, lock=True)
                await handoffs.ask(session, row, reason="asked_for_person")
            return [{"name": "utter_handed_off"}]

        greet, home.rasa.script = home.rasa.script, hand_off
        await home.say(CHAT, "I want a person")
        home.rasa.script = greet
        async with home.store.read() as session:
            row = await session.scalar(
                select(Conversation)
                .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
                .where(ChannelIdentity.address == str(CHAT))
            )
        mariam = await agent(f"http://127.0.0.1:{home.settings.port}", home.store, "Mariam")
        try:
            desk = await mariam.desk()
            await desk.take(row.public_id)
            for text in ("Hello!", "I am looking into it"):
                await desk.answer(row.public_id, text)
            await home.until(lambda: len(home.cloud.sent[CHAT]) >= 4)
            asked = len(home.rasa.asked)
            for text in ("/restart", "/help", "thank you"):
                home.cloud.hand_out(home.cloud.text(CHAT, text))
                line = await desk.next("message", author="shopper")
            await home.delivered()
            assert line["text"] == "thank you" and len(home.rasa.asked) == asked
            said = home.cloud.texts(CHAT)
            assert said[-2:] == ["Hello!", "I am looking into it"] and "Mariam" in said[-3]
            home.cloud.hand_out(home.cloud.text(CHAT, "շնորհակալություն, գրում եմ հայերեն"))
            assert (await desk.next("state"))["language"] == "hy"  # the agent sees in what they write now
            home.cloud.hand_out(home.cloud.text(CHAT, "/language"))
            await desk.next("message", text="/language")
            await home.delivered()
            assert home.cloud.texts(CHAT) == said and len(home.rasa.asked) == asked
            await desk.send("resolve", row.public_id)
            await desk.next("state", state="over")
            await home.delivered()
            assert len(home.cloud.texts(CHAT)) == len(said) + 2
            assert home.cloud.texts(CHAT)[-1].startswith("Ինչպե՞ս կգնահատեք")
        finally:
            await mariam.seat.http.close()
