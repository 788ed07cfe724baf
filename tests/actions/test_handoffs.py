"""Asking for a person and not needing one after all; and what is asked again after a person has come and gone."""

import pytest
from sqlalchemy import func, select

from crm_store import conversations, conversations_episodes, handoffs
from crm_store.models import ActionRun, Conversation, Handoff
from tests.crm_store import people


async def come_and_gone(store, conversation) -> None:
    """A person takes it and resolves it."""
    async with store.write() as session:
        row = await session.get_one(Conversation, conversation.id)
        mariam = await people.mariam(session)
        await handoffs.take(session, row, mariam)
        await handoffs.resolve(session, row, mariam, say=[])


async def states(store) -> list[str]:
    async with store.read() as session:
        return list(await session.scalars(select(Handoff.state).order_by(Handoff.id)))


async def test_who_waits_takes_it_back_and_may_ask_again(rasa, store, conversation):
    assert await rasa.said("action_withdraw_handoff") == ["utter_what_next"]  # nobody waits
    assert await rasa.said("action_hand_off") == ["utter_handed_off"]
    assert await rasa.said("action_withdraw_handoff") == ["utter_handoff_withdrawn"]
    assert await rasa.said("action_withdraw_handoff") == ["utter_what_next"]
    async with store.read() as session:
        assert (await session.get_one(Conversation, conversation.id)).status == "bot"
    assert await rasa.said("action_hand_off") == ["utter_handed_off"]
    assert await states(store) == ["withdrawn", "waiting"]


async def test_what_a_person_has_answered_meanwhile_is_not_asked_of_a_person_again(rasa, store, conversation):
    """The gateway asks again when a person came and went within the turn: what was said before is true no more."""
    assert await rasa.said("action_hand_off", message_id="1") == ["utter_handed_off"]
    await come_and_gone(store, conversation)
    sender = f"{conversation.public_id}.2"
    for _ in range(2):  # and this answer is kept in its turn
        assert await rasa.said("action_hand_off", message_id="1", sender=sender) == ["utter_what_next"]
    assert await states(store) == ["resolved"]
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(ActionRun)) == 1


async def test_a_message_written_after_a_person_has_left_asks_for_one_again(rasa, store, conversation):
    assert await rasa.said("action_hand_off", message_id="1") == ["utter_handed_off"]
    async with store.write() as session:
        row = await session.get_one(Conversation, conversation.id)
        later, _ = await conversations.accept(session, row, text="and now again", external_id="2")
    await come_and_gone(store, conversation)
    assert await rasa.said("action_hand_off", message_id=str(later.seq)) == ["utter_handed_off"]
    assert await states(store) == ["resolved", "waiting"]


@pytest.mark.parametrize("action", ["action_hand_off"])
async def test_a_turn_that_began_before_the_resolve_is_no_failure_after_it(rasa, store, conversation, action):
    """Its episode has ended with the resolve, and nothing has begun another one yet."""
    async with store.write() as session:
        row = await session.get_one(Conversation, conversation.id)
        await handoffs.ask(session, row, reason="unhappy")
        waiting, _ = await conversations.accept(session, row, text="a person please", external_id="2")
    await come_and_gone(store, conversation)
    async with store.read() as session:
        assert await conversations_episodes.episode_of(session, conversation) is None
    assert await rasa.said(action, message_id=str(waiting.seq)) == ["utter_handed_off"]


async def test_what_was_done_before_a_person_came_and_went_is_not_done_again(
    rasa, store, conversation, monkeypatch
):
    """Only what is said is new: no second code, no second guess."""
    acts = []

    async def act(self, turn):
        acts.append(turn.seq)
        turn.say("utter_order_not_found")
        turn.events.append({"event": "followup", "timestamp": None, "name": "confirm_form"})

    monkeypatch.setattr("actions.orders.OrderStatus.act", act)
    slots = {"order_number": "BR-1", "contact": "x@example.com"}
    assert await rasa.said("action_order_status", message_id="1", slots=slots) == ["utter_order_not_found"]
    async with store.write() as session:
        row = await session.get_one(Conversation, conversation.id)
        await handoffs.ask(session, row, reason="asked_for_person")
    await come_and_gone(store, conversation)
    for _ in range(2):
        _, result = await rasa.run("action_order_status", message_id="1", slots=slots)
        assert [response["response"] for response in result["responses"]] == ["utter_what_next"]
        assert [(event["event"], event["name"]) for event in result["events"]] == [
            ("slot", "order_number"),
            ("slot", "contact"),
        ]
    assert acts == [1]
