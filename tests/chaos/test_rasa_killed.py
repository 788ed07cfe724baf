"""Rasa and the action server are killed while shoppers write: each message has its answer, each action acts once."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.rig.checker import answered_somehow, check_all
from tests.rig.deeds import APOLOGIES, answers_to, deeds_of
from tests.rig.storm import storm
from tests.rig.swarm import Shopper, settle, swarm
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

PERSON = "i want to talk to a person"
ELSE = ("hello", "what can you do?", "thank you", "are you a bot?")
"""What is said beside the fifth that asks for an order and the fifth that asks for a person."""


@pytest.mark.timeout(240, func_only=True)
async def test_killed_while_a_few_write(whole: Whole, chance: random.Random):
    await killed(whole, chance, conversations=10, messages=10, kills=4)


@pytest.mark.long
@pytest.mark.timeout(1800, func_only=True)
async def test_killed_while_five_hundred_messages_come(whole: Whole, chance: random.Random):
    await killed(whole, chance, conversations=25, messages=20, kills=20)


async def killed(
    whole: Whole, chance: random.Random, *, conversations: int, messages: int, kills: int
) -> None:
    """Kill actions and Rasa in turn; then look at what was shown, and at what was done."""
    before = (whole.actions.kills, whole.rasa.kills)

    def text(_: Shopper, n: int) -> str:
        if n % 5 == 2:
            customer = whole.customers.pop()
            return f"where is my order {customer.number}? my email is {customer.email}"
        return PERSON if n % 5 == 4 else chance.choice(ELSE)

    async with swarm(whole.house.url, conversations) as shoppers:
        victims = [whole.actions, whole.rasa]
        await storm(shoppers, victims, chance, kills=kills, messages=messages, life=(1.0, 3.0), text=text)
        assert await settle(shoppers, seconds=180, quiet=60)
    assert (whole.actions.kills - before[0], whole.rasa.kills - before[1]) == (kills // 2, kills // 2)
    assert check_all({shopper.name: shopper.events for shopper in shoppers}, answers=answered_somehow) == []
    said: Counter[str] = Counter()
    for shopper in shoppers:
        said.update(await acted_once(whole, shopper))
    print(dict(said))
    assert said["utter_order_status"] and said["utter_handed_off"], "nothing was done at all"


async def acted_once(whole: Whole, shopper: Shopper) -> Counter[str]:
    """What was told as done was done once, and nothing was done twice; the names of all that was said."""
    deeds = await deeds_of(whole.house, shopper)
    said: Counter[str] = Counter()
    for message, names in answers_to(shopper):
        said.update(names)
        if "utter_order_status" in names:
            assert deeds.runs[message["seq"], "action_order_status"] == 1
            assert deeds.orders_shown[message["text"].split()[4].rstrip("?")] == 1
        if {"utter_handed_off", "utter_already_waiting"} & set(names):
            assert deeds.runs[message["seq"], "action_hand_off"] == 1
    assert set(deeds.runs.values()) <= {1} and set(deeds.orders_shown.values()) <= {1}
    asked = [set(names) for message, names in answers_to(shopper) if message["text"] == PERSON]
    waits = any(names & {"utter_handed_off", "utter_already_waiting"} for names in asked)
    assert deeds.handoffs == 1 if waits else deeds.handoffs <= 1
    # The waiting list is entered once and that is said once; where it was not said, an apology was.
    assert said["utter_handed_off"] == 1 or any(names & APOLOGIES for names in asked)
    return said
