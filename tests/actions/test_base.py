"""What every action promises: it acts once, it never fails loudly or silently, and only Rasa may call it."""

import asyncio

import pytest
from sqlalchemy import func, select

from actions import base
from actions.app import ACTIONS
from actions.base import BarevAction
from crm_store.models import ActionRun, Handoff
from tests.rig.domain import custom_actions


async def test_a_message_asked_twice_acts_once_and_is_answered_alike(rasa, store):
    first = await rasa.run("action_hand_off", intent="ask_for_person", message_id="7")
    second = await rasa.run("action_hand_off", intent="ask_for_person", message_id="7")
    assert first == second and first[1]["responses"][0]["response"] == "utter_handed_off"
    assert await rasa.said("action_hand_off", intent="ask_for_person", message_id="8") == [
        "utter_already_waiting"
    ]
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Handoff)) == 1
        assert await session.scalar(select(func.count()).select_from(ActionRun)) == 2


async def test_many_askings_at_once_act_once(rasa, store):
    answers = await asyncio.gather(
        *(rasa.run("action_hand_off", intent="ask_for_person", message_id="7") for _ in range(16))
    )
    assert [result["responses"][0]["response"] for _, result in answers] == ["utter_handed_off"] * 16
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Handoff)) == 1


@pytest.mark.parametrize(
    "action", [cls for cls in ACTIONS if issubclass(cls, BarevAction)], ids=lambda cls: cls.called
)
async def test_an_action_that_breaks_apologises_changes_nothing_and_forgets_its_slots(
    rasa, store, monkeypatch, action
):
    async def broken(self, turn):
        turn.session.add(ActionRun(conversation_id=1, message_id="x", action="x", result={}, at=None))
        raise RuntimeError("a defect")

    monkeypatch.setattr(action, "act", broken)
    monkeypatch.setattr(action, "level", 0)
    status, result = await rasa.run(action.called, slots={"order_number": "BR-1", "contact": "x"})
    assert status == 200
    assert [response["response"] for response in result["responses"]] == ["utter_action_failed"]
    assert [event["name"] for event in result["events"]] == list(action.clears)
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(ActionRun)) == 0


async def test_an_action_that_takes_too_long_apologises(rasa, monkeypatch):
    async def slow(self, turn):
        await asyncio.sleep(5)

    monkeypatch.setattr(base, "ACTION_SECONDS", 0.05)
    monkeypatch.setattr("actions.handoffs.HandOff.act", slow)
    assert await rasa.said("action_hand_off") == ["utter_action_failed"]


async def test_an_unknown_sender_learns_nothing(rasa):
    for sender in ("nobody", "nobody.1", "", ".1"):
        assert await rasa.said("action_order_status", sender=sender or " ") == ["utter_action_failed"]


@pytest.mark.parametrize("secret", ["", "wrong", ("ա" * 40).encode().decode("latin-1")])
async def test_without_the_secret_no_action_runs(rasa, secret):
    for action in (cls.called for cls in ACTIONS):
        assert await rasa.run(action, secret=secret) == (401, {"error": "wrong secret"}), action


def test_the_domain_names_the_same_actions():
    assert sorted(custom_actions()) == sorted(cls.called for cls in ACTIONS)
