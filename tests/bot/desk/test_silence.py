"""While a person has a conversation the bot is silent on every path; and it has it back on resolve, whole."""

import asyncio
import uuid
from datetime import timedelta

from sqlalchemy import select

from bot.rendering import Rendering
from bot.schedule import Schedule
from crm_store import conversations, feedback, handoffs, identity
from crm_store.models import ChannelIdentity, Conversation, Message
from tests.bot.desk.hands import Desk
from tests.crm_store import people

COMMANDS = (
    "/restart",
    "/session_start",
    "/back",
    " /restart",
    "\u2003/restart",
    "/greet",
    "🦄",
    "Где мой заказ?",
)


async def bot_lines(store, shopper, after=0):
    async with store.read() as session:
        rows = await session.scalars(
            select(Message)
            .where(Message.conversation_id == shopper.row_id, Message.author == "bot", Message.seq > after)
            .order_by(Message.seq)
        )
        return [row.name for row in rows]


async def last_seq(store, shopper) -> int:
    async with store.read() as session:
        return (await session.get_one(Conversation, shopper.row_id)).last_seq


async def lines(desk: Desk, count: int, author: str = "shopper") -> list[dict]:
    found: list[dict] = []
    while len(found) < count:
        frame = await desk.next("message", timeout=20)
        if frame["author"] == author:
            found.append(frame)
    return found


async def test_of_100_messages_none_is_answered_all_reach_the_agent_in_order_and_each_turn_ends(
    gateway, agents, waiting, store
):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    before, asked = await last_seq(store, shopper), len(gateway.rasa.asked)
    texts = [COMMANDS[n // 5 % len(COMMANDS)] if n % 5 == 0 else f"message {n}" for n in range(100)]
    for text in texts:
        await shopper.client.send(type="message", id=str(uuid.uuid4()), text=text)
    ended: list[int] = []
    said: list[str] = []
    while len(ended) < 100:
        frame = await shopper.client.next(timeout=20)
        if frame["type"] == "turn_end":
            ended.append(frame["in_reply_to"])
        elif frame["type"] == "message" and frame["seq"] > before:
            said.append(frame["author"])
    assert ended == sorted(ended) and len(set(ended)) == 100
    assert set(said) == {"shopper"}
    reached = await lines(desk, 100)
    assert [line["text"] for line in reached] == texts
    assert [line["seq"] for line in reached] == list(range(before + 1, before + 101))
    assert await bot_lines(store, shopper, before) == []
    assert len(gateway.rasa.asked) == asked


async def test_a_late_answer_is_not_shown_when_the_agent_took_over_in_the_middle_of_the_turn(
    gateway, agents, waiting, store
):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await desk.ask("open", shopper.id, "conversation")
    before = await last_seq(store, shopper)
    gateway.rasa.delay = 1.0
    gateway.rasa.form = "order_form"
    await shopper.client.send(type="message", id=str(uuid.uuid4()), text="where is my order")
    await shopper.client.next("ack")
    while not any(turn.get("text") == "where is my order" for turn in gateway.rasa.asked):
        await asyncio.sleep(0.02)
    await desk.send("take", shopper.id)
    await desk.next("state", mine=True)
    frames = await shopper.client.until_end()
    assert not [f for f in frames if f["type"] == "message" and f["author"] == "bot"]
    assert await bot_lines(store, shopper, before) == []


async def test_taken_and_resolved_within_one_turn_the_message_is_asked_again_and_answered_by_the_new_bot(
    gateway, agents, waiting, store
):
    shopper = await waiting()
    desk = await (await agents()).desk()
    before = await last_seq(store, shopper)
    gateway.rasa.delay = 1.0
    gateway.rasa.form = "order_form"
    gateway.rasa.script = lambda turn: [
        {"name": "utter_greet" if turn["sender"].endswith(".2") else "utter_thank"}
    ]
    await shopper.client.send(type="message", id=str(uuid.uuid4()), text="where is my order")
    await shopper.client.next("ack")
    while not any(turn.get("text") == "where is my order" for turn in gateway.rasa.asked):
        await asyncio.sleep(0.02)
    await desk.take(shopper.id)
    gateway.rasa.form = None
    await desk.send("resolve", shopper.id)
    await desk.next("state", state="over")
    frames = await shopper.client.until_end()
    assert [f["type"] for f in frames][-1] == "turn_end"
    assert await bot_lines(store, shopper, before) == ["utter_bot_resumes", "utter_greet"]
    async with store.read() as session:
        row = await session.get_one(Conversation, shopper.row_id)
    assert (row.rasa_number, row.form) == (2, None)


async def test_a_pressed_button_is_a_message_to_the_agent_and_nothing_else(gateway, agents, waiting, store):
    choices = [{"name": "utter_button_order_status", "intent": "ask_order_status", "entities": {}}]
    shopper = await waiting()
    gateway.rasa.script = lambda turn: [{"name": "utter_greet", "values": {"choices": choices}}]
    frames = await shopper.client.say("hello")
    (button,) = next(f for f in frames if f["type"] == "message" and f["author"] == "bot")["buttons"]
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    before, asked = await last_seq(store, shopper), len(gateway.rasa.asked)
    await shopper.client.press(button["button"])
    (line,) = await lines(desk, 1)
    assert line["text"] == button["title"]
    assert await bot_lines(store, shopper, before) == [] and len(gateway.rasa.asked) == asked


async def test_nobody_is_asked_for_feedback_while_a_person_answers(
    gateway, agents, waiting, store, move_clock
):
    shopper = await waiting()
    async with store.write() as session:
        await people.shop(session)
        ani = await people.ani(session)
        order = await people.order(session, ani, delivered_days_ago=1)
        order.status = "delivered"
        row = await session.get_one(Conversation, shopper.row_id)
        (await session.get_one(ChannelIdentity, row.identity_id)).customer_id = ani.id
        await identity.grant_customer(session, row, customer_id=ani.id, method="code")
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    move_clock(timedelta(minutes=20))
    rendering = Rendering(gateway.settings.responses_dir)
    asker = Schedule(store, rendering, is_quiet=lambda at: False, said=lambda conversation_id: None)
    assert await asker.ask_for_feedback() == 0
    async with store.write() as session:
        await feedback.note_deliveries(session)
        (await session.get_one(Conversation, shopper.row_id)).status = "bot"
    assert await asker.ask_for_feedback() == 1


async def test_a_message_that_crosses_with_the_resolve_is_always_answered_by_somebody(
    gateway, agents, waiting, store
):
    """Twenty times the shopper writes while the agent resolves: each message has its turn, and ends."""
    shopper = await waiting()
    desk = await (await agents()).desk()
    for number in range(20):
        await desk.take(shopper.id)
        await asyncio.gather(
            shopper.client.send(type="message", id=str(uuid.uuid4()), text=f"wait, one more thing {number}"),
            desk.send("resolve", shopper.id),
        )
        await desk.next("state", state="over")
        await shopper.client.next("turn_end")
        async with store.write() as session:
            row = await conversations.by_public_id(session, shopper.id, lock=True)
            assert row.status == "bot" and row.answered_seq > 0
            await handoffs.ask(session, row, reason="asked_for_person")
        await shopper.client.say("hello")


async def test_taken_resolved_and_taken_again_within_one_turn_rasa_keeps_its_fresh_number(
    gateway, agents, waiting, store
):
    """The turn that comes back late belongs to the talk before: it must not set the number back."""
    shopper = await waiting()
    desk = await (await agents()).desk()
    gateway.rasa.delay = 1.5
    gateway.rasa.form = "order_form"
    await shopper.client.send(type="message", id=str(uuid.uuid4()), text="where is my order")
    await shopper.client.next("ack")
    while not any(turn.get("text") == "where is my order" for turn in gateway.rasa.asked):
        await asyncio.sleep(0.02)
    await desk.take(shopper.id)
    await desk.send("resolve", shopper.id)
    await desk.next("state", state="over")
    async with store.write() as session:
        row = await conversations.by_public_id(session, shopper.id, lock=True)
        await handoffs.ask(session, row, reason="asked_for_person")
    await desk.take(shopper.id)
    await shopper.client.until_end()
    async with store.read() as session:
        row = await session.get_one(Conversation, shopper.row_id)
    assert (row.status, row.rasa_number, row.rasa_turns, row.form) == ("agent", 2, 0, None)


async def test_an_action_that_acts_just_after_the_resolve_is_no_failure(gateway, agents, waiting, store):
    """Asked before the resolve, acting after it: the message asks for a person in an episode of its own."""
    shopper = await waiting()
    desk = await (await agents()).desk()
    began, resolved = asyncio.Event(), asyncio.Event()

    async def hand_off(turn):
        began.set()
        await resolved.wait()
        async with store.write() as session:
            row = await conversations.by_public_id(session, shopper.id, lock=True)
            await handoffs.ask(session, row, reason="asked_for_person")
            ani = await people.ani(session)
            await identity.grant_customer(
                session, row, customer_id=ani.id, method="code", seq=int(turn["id"])
            )
        gateway.rasa.script = lambda turn: [{"name": "utter_already_waiting"}]
        return [{"name": "utter_handed_off"}]

    gateway.rasa.script = hand_off
    before = await last_seq(store, shopper)
    await shopper.client.send(type="message", id=str(uuid.uuid4()), text="a person please")
    await began.wait()
    await desk.take(shopper.id)
    await desk.send("resolve", shopper.id)
    await desk.next("state", state="over")
    resolved.set()
    await shopper.client.until_end()
    assert await bot_lines(store, shopper, before) == ["utter_bot_resumes", "utter_already_waiting"]
    async with store.read() as session:
        row = await session.get_one(Conversation, shopper.row_id)
        assert row.status == "waiting" and await identity.level(session, row) == 2
