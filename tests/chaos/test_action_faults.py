"""Each custom action × each fault: nothing is told as done, one apology comes, nothing was changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.rig.checker import Event
from tests.rig.deeds import APOLOGIES, deeds_of
from tests.rig.domain import custom_actions
from tests.rig.faults import inject
from tests.rig.faulty_actions import INSIDE, OUTSIDE
from tests.rig.swarm import Shopper, swarm
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

NOT_A_WORD = "我想知道"  # in a script that no example is written in


@dataclass(frozen=True)
class Case:
    """What brings an action about: what is said before, the message itself, what the action says when it succeeds.

    `instead`: what may be said in the place of an apology where that is no worse than the truth.
    """

    message: str
    success: frozenset[str]
    before: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


STATUS = frozenset(
    {
        "utter_order_status",
        "utter_order_status_promised",
        "utter_order_status_delivered",
        "utter_order_status_late",
    }
)
POINTS = "how many points do I have"
ASKS_FOR_PERSON = "i want to talk to a person"
RATE = "i want to leave a rating"
ASKS_ADDRESS = frozenset({"utter_ask_confirm_form_contact"})
CASES = {
    "action_order_status": Case("where is my order {number}? my email is {email}", STATUS),
    # A form check that fails asks for everything, which is always right; the action itself decides what is shown.
    "validate_order_form": Case(
        "where is my order?", frozenset({"utter_ask_order_number"}), instead=("utter_ask_order_number",)
    ),
    "action_correct_order": Case(
        "no, the other one", frozenset({"utter_correct_order"}), before=("where is my order?", "{number}")
    ),
    "action_stop_order": Case("no", frozenset({"utter_form_stopped"}), before=("where is my order?",)),
    "action_explain_slot": Case(
        NOT_A_WORD, frozenset({"utter_explain_order_number"}), before=("where is my order?",)
    ),
    "action_not_understood": Case(NOT_A_WORD, frozenset({"utter_not_understood"})),
    "action_hand_off": Case(ASKS_FOR_PERSON, frozenset({"utter_handed_off", "utter_already_waiting"})),
    "action_withdraw_handoff": Case("no", frozenset({"utter_handoff_withdrawn"}), before=(ASKS_FOR_PERSON,)),
    "action_change_language": Case("please speak armenian", frozenset({"utter_language_changed"})),
    # Below level 2 an action begins confirm_form, which asks for the address.
    "action_list_orders": Case("show my orders", ASKS_ADDRESS),
    "action_points_balance": Case(POINTS, ASKS_ADDRESS),
    "action_points_history": Case("where did my points go", ASKS_ADDRESS),
    "action_points_expiry": Case("when do my points expire", ASKS_ADDRESS),
    "action_how_to_earn": Case("how do I earn points", frozenset({"utter_how_to_earn"})),
    "validate_confirm_form": Case(POINTS, ASKS_ADDRESS, instead=("utter_ask_confirm_form_contact",)),
    # The question of confirm_form itself: where it fails, an apology comes in its place.
    "action_ask_confirm_form_contact": Case(POINTS, ASKS_ADDRESS),
    "action_send_code": Case("{email}", frozenset({"utter_code_sent"}), before=(POINTS,)),
    "action_shop_fact": Case("what are your opening hours?", frozenset({"utter_shop_hours_missing"})),
    "action_give_feedback": Case(RATE, frozenset({"utter_ask_rating_shop"})),
    "action_record_comment": Case(
        "everything was very good", frozenset({"utter_comment_thanks"}), before=(RATE, "5 stars")
    ),
    "action_complaint": Case("i am very unhappy with your service", frozenset({"utter_complaint"})),
}


def test_every_custom_action_has_a_case():
    assert set(custom_actions()) == set(CASES)


async def test_without_a_fault_each_case_reaches_its_action(whole: Whole):
    async with ready(whole) as shoppers:
        for action, answer in (await triggered(shoppers)).items():
            assert CASES[action].success & set(answer), (action, answer)


@pytest.mark.parametrize("kind", [*INSIDE, *OUTSIDE])
async def test_a_fault_in_an_action_ends_in_one_apology(whole: Whole, kind: str):
    async with ready(whole) as shoppers:
        public_ids = {action: await public_id(whole, shopper) for action, shopper in shoppers.items()}
        inject(whole.house.fault_file, {public_ids[action]: f"{action}: {kind}" for action in CASES})
        answers = await triggered(shoppers)
        inject(whole.house.fault_file, {})
        await assert_honest(whole, shoppers, answers)


async def test_a_refused_connection_to_the_actions_ends_in_one_apology(whole: Whole):
    async with ready(whole) as shoppers:
        whole.actions.stop()
        try:
            answers = await triggered(shoppers)
        finally:
            whole.actions.start()
            await whole.actions.healthy()
        await assert_honest(whole, shoppers, answers)


async def assert_honest(whole: Whole, shoppers: dict[str, Shopper], answers: dict[str, list[str]]) -> None:
    """No success in words or in the store, one apology, and the next message is answered as ever."""
    wrong: dict[str, list[str]] = {}
    for action, names in answers.items():
        apologies = [name for name in names if name in APOLOGIES]
        if tuple(names) != CASES[action].instead and (
            len(apologies) != 1 or CASES[action].success & set(names)
        ):
            wrong[action] = names
        deeds = await deeds_of(whole.house, shoppers[action])
        asked_before = int(ASKS_FOR_PERSON in CASES[action].before)
        assert deeds.handoffs == asked_before, action
        assert not deeds.orders_shown and not deeds.conversation.language_chosen, action
        last = max(event["seq"] for event in shoppers[action].events if event.get("author") == "shopper")
        assert deeds.runs[last, action] == 0, action
    assert not wrong, wrong
    after = await asyncio.gather(*(shopper.ask("hello") for shopper in shoppers.values()))
    assert all("utter_greet" in names_of(lines) for lines in after), after


@asynccontextmanager
async def ready(whole: Whole) -> AsyncIterator[dict[str, Shopper]]:
    """A shopper for each action who has said what comes before the message of its case."""
    async with swarm(whole.house.url, len(CASES)) as shoppers:
        by_action = dict(zip(CASES, shoppers, strict=True))
        for shopper in shoppers:
            customer = whole.customers.pop()
            shopper.facts = {"number": customer.number, "email": customer.email}
        await asyncio.gather(*(prepare(shopper, CASES[action]) for action, shopper in by_action.items()))
        yield by_action


async def prepare(shopper: Shopper, case: Case) -> None:
    for text in case.before:
        await shopper.ask(text.format(**shopper.facts))


async def triggered(shoppers: dict[str, Shopper]) -> dict[str, list[str]]:
    """Each shopper sends the message of its case; the names of what was answered."""
    messages = (
        shopper.ask(CASES[action].message.format(**shopper.facts), 60) for action, shopper in shoppers.items()
    )
    return dict(zip(shoppers, map(names_of, await asyncio.gather(*messages)), strict=True))


async def public_id(whole: Whole, shopper: Shopper) -> str:
    return (await deeds_of(whole.house, shopper)).conversation.public_id


def names_of(lines: list[Event]) -> list[str]:
    return [line["name"] for line in lines]
