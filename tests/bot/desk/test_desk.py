"""The desk live: the list, taking, answering, giving back; and the shopper's side of it."""

import asyncio
import uuid

from sqlalchemy import func, select, update

from bot.workers import Workers
from crm_store import conversations, handoffs
from crm_store.models import Handoff, Message
from tests.bot.desk.hands import Desk


async def in_list(desk: Desk, conversation: str, present: bool = True, **like) -> dict:
    """The row as soon as the list holds the conversation with these values, or no longer holds it."""
    while True:
        rows = {row["conversation"]: row for row in await desk.rows()}
        row = rows.get(conversation)
        if (row is not None) == present and (row is None or like.items() <= row.items()):
            return row or {}


async def status_of(shopper, **like) -> dict:
    while True:
        frame = await shopper.client.next("status")
        if like.items() <= frame.items():
            return frame


async def test_the_list_says_language_reason_age_and_what_is_unread(agents, waiting):
    shopper = await waiting("մարդ եմ ուզում", "hy")
    desk = await (await agents()).desk()
    row = await in_list(desk, shopper.id)
    assert (row["state"], row["reason"], row["language"], row["channel"], row["unread"]) == (
        "waiting",
        "asked_for_person",
        "hy",
        "website",
        1,
    )
    assert row["words"] == "մարդ եմ ուզում" and row["asked_at"].endswith("Z")
    await shopper.client.say("լսո՞ւմ եք")
    await in_list(desk, shopper.id, unread=2, words="լսո՞ւմ եք")


async def test_who_begins_to_wait_is_seen_at_once(agents, waiting):
    desk = await (await agents()).desk()
    assert await desk.rows() == []
    shopper = await waiting()
    assert (await in_list(desk, shopper.id))["state"] == "waiting"


async def test_the_shopper_sees_their_place_and_then_who_answers(agents, waiting):
    first, second = await waiting(), await waiting()
    assert (await status_of(first, status="waiting"))["queue"] == 1
    assert (await status_of(second, status="waiting"))["queue"] == 2
    desk = await (await agents("Mariam")).desk()
    await desk.take(first.id)
    assert (await status_of(first, status="agent", agent="Mariam"))["queue"] is None
    assert (await status_of(second, queue=1))["promised_at"] is None


async def test_a_take_is_seen_by_the_other_desks_at_once_and_the_shopper_hears_a_name(agents, waiting):
    shopper = await waiting()
    mariam, gor = await (await agents("Mariam")).desk(), await (await agents("Gor")).desk()
    await in_list(gor, shopper.id)
    await gor.ask("open", shopper.id, "conversation")
    await mariam.take(shopper.id)
    state = await gor.next("state")
    assert (state["state"], state["by"], state["mine"]) == ("taken", "Mariam", False)
    await in_list(gor, shopper.id, present=False)
    await in_list(mariam, shopper.id, state="taken")
    await gor.send("take", shopper.id)
    error = await gor.next("error")
    assert (error["code"], error["by"]) == ("already_taken", "Mariam")
    joined = await shopper.client.next("message")
    assert (joined["author"], joined["name"]) == ("system", "utter_person_joined")
    assert "Mariam" in joined["text"]


async def test_an_answer_reaches_the_shopper_with_the_agents_name_and_is_stored_once(agents, waiting, store):
    shopper = await waiting()
    desk = await (await agents("Mariam")).desk()
    await desk.take(shopper.id)
    id_ = str(uuid.uuid4())
    acks = [await desk.ask("message", shopper.id, "ack", id=id_, text="Hello, I am here") for _ in range(3)]
    assert len({ack["seq"] for ack in acks}) == 1
    shown = await shopper.client.next("message")
    while shown["author"] != "agent":
        shown = await shopper.client.next("message")
    assert (shown["text"], shown["agent"], shown["name"]) == ("Hello, I am here", "Mariam", None)
    async with store.read() as session:
        assert await session.scalar(select(func.count()).where(Message.author == "agent")) == 1


async def test_typing_is_seen_on_both_sides_and_only_while_a_person_has_it(agents, waiting):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await shopper.client.send(type="typing")
    await desk.ask("open", shopper.id, "conversation")
    assert await desk.silent("typing")
    desk = await (await agents("Gor")).desk()
    await desk.take(shopper.id)
    await status_of(shopper, status="agent")
    await desk.send("typing", shopper.id)
    assert (await shopper.client.next("typing"))["author"] == "agent"
    await shopper.client.send(type="typing")
    assert (await desk.next("typing"))["conversation"] == shopper.id


async def test_a_reconnect_shows_only_what_is_new_and_a_gap_begins_anew(agents, waiting):
    shopper = await waiting()
    mariam = await agents()
    desk = await mariam.desk()
    whole = await desk.ask("open", shopper.id, "conversation")
    assert whole["fresh"] and [line["author"] for line in whole["messages"]] == ["bot", "shopper", "bot"]
    seen = whole["messages"][-1]["seq"]
    await desk.socket.close()
    await shopper.client.say("are you there?")
    desk = await mariam.desk()
    missed = await desk.ask("open", shopper.id, "conversation", last_seq=seen)
    assert not missed["fresh"] and missed["messages"][0]["text"] == "are you there?"
    for number in range(30):
        await shopper.client.say(f"line {number}")
    desk = await mariam.desk()
    late = await desk.ask("open", shopper.id, "conversation", last_seq=seen)
    assert late["fresh"] and len(late["messages"]) == 50
    older = await desk.ask("history", shopper.id, "history", before=late["messages"][0]["seq"])
    assert [line["seq"] for line in older["messages"]] == list(range(1, late["messages"][0]["seq"]))


async def test_lines_that_have_a_name_are_also_in_the_agents_language(agents, waiting):
    shopper = await waiting("მინდა ადამიანი", "ka")
    desk = await (await agents(language="hy")).desk()
    whole = await desk.ask("open", shopper.id, "conversation")
    told = whole["messages"][-1]
    assert told["language"] == "ka" and "თანამშრომლებს" in told["text"]
    assert "աշխատակիցներին" in told["rendered"]
    assert whole["messages"][1]["rendered"] is None  # the shopper's own words
    english = await (await agents("John", language="ka")).desk()
    assert (await english.ask("open", shopper.id, "conversation"))["messages"][-1]["rendered"] is None


async def test_resolved_the_bot_says_so_and_answers_and_the_help_is_rated_once(
    gateway, agents, waiting, store
):
    shopper = await waiting("մարդ եմ ուզում", "hy")
    desk = await (await agents("Mariam")).desk()
    await desk.take(shopper.id)
    await desk.answer(shopper.id, "Բարև Ձեզ")
    await desk.send("resolve", shopper.id)
    assert (await desk.next("state", state="over"))["mine"] is False
    said = []
    while "utter_rate_help" not in said:
        frame = await shopper.client.next("message")
        said.append(frame["name"])
    assert said[-2:] == ["utter_bot_resumes", "utter_rate_help"]
    assert len(frame["buttons"]) == 5 and frame["language"] == "hy" and frame["card"]["kind"] == "rating"
    await status_of(shopper, status="bot")
    asked = len(gateway.rasa.asked)
    await shopper.client.press(frame["buttons"][3]["button"])
    async with store.read() as session:
        handoff = await session.scalar(select(Handoff.public_id))
    assert gateway.rasa.asked[-1]["tell"] == {
        "intent": "give_feedback",
        "entities": {"rating": "4", "about": "help", "handoff": handoff},
    }
    assert gateway.rasa.asked[-1]["sender"] == f"{shopper.id}.2" and len(gateway.rasa.asked) == asked + 1


async def test_resolved_without_a_word_nothing_is_asked(agents, waiting):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    await desk.send("resolve", shopper.id)
    await status_of(shopper, status="bot")
    frames = await shopper.client.say("hello")
    names = [frame["name"] for frame in frames if frame["type"] == "message"]
    assert "utter_rate_help" not in names and names[-1] == "utter_greet"


async def test_given_back_it_waits_again_and_the_bot_answers_meanwhile(agents, waiting):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    await desk.send("give_back", shopper.id)
    await desk.next("state", state="waiting")
    await status_of(shopper, status="waiting", queue=1)
    frames = await shopper.client.say("hello")
    assert [f["name"] for f in frames if f["type"] == "message" and f["author"] == "bot"] == ["utter_greet"]


async def test_names_and_words_of_shoppers_come_as_they_are_and_are_never_markup(agents, waiting):
    text = "<img src=x onerror=alert(1)>"
    shopper = await waiting(text)
    desk = await (await agents()).desk()
    assert (await in_list(desk, shopper.id))["words"] == text
    whole = await desk.ask("open", shopper.id, "conversation")
    assert whole["messages"][1]["text"] == text and whole["packet"]["words"] == [text]


async def test_read_lines_are_unread_no_more(agents, waiting):
    shopper = await waiting()
    desk = await (await agents()).desk()
    await desk.take(shopper.id)
    await desk.send("read", shopper.id, seq=99)
    await in_list(desk, shopper.id, unread=0)
    await shopper.client.say("hello?")
    await in_list(desk, shopper.id, unread=1)


async def test_priority_comes_first(agents, waiting, store):
    first, second = await waiting(), await waiting()
    async with store.write() as session:
        await session.execute(
            update(Handoff).where(Handoff.conversation_id == second.row_id).values(priority=1)
        )
    desk = await (await agents()).desk()
    assert [row["conversation"] for row in await desk.rows()] == [second.id, first.id]


async def test_a_change_of_the_queue_wakes_no_worker_of_those_who_only_move_up(agents, waiting, monkeypatch):
    shoppers = [await waiting() for _ in range(3)]
    for place, shopper in enumerate(shoppers, 1):
        await status_of(shopper, status="waiting", queue=place)
    woken, real = [], Workers.wake
    monkeypatch.setattr(Workers, "wake", lambda self, row: (woken.append(row), real(self, row)))
    desk = await (await agents()).desk()
    await desk.take(shoppers[0].id)
    for place, shopper in enumerate(shoppers[1:], 1):
        await status_of(shopper, queue=place)
    assert set(woken) <= {shoppers[0].row_id}


async def test_who_waits_no_more_lets_the_others_move_up_at_once(gateway, waiting, store):
    first, second = await waiting(), await waiting()
    await status_of(second, status="waiting", queue=2)

    async def withdraw(turn):
        async with store.write() as session:
            row = await conversations.by_public_id(session, first.id, lock=True)
            await handoffs.withdraw(session, row)
        return [{"name": "utter_handoff_withdrawn"}]

    gateway.rasa.script = withdraw
    await first.client.say("not needed any more")
    async with asyncio.timeout(3):
        await status_of(second, queue=1)
