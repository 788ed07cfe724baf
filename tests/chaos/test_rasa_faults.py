"""A hundred faults in Rasa's parts, and each way to give no answer: no silent turn, no half answer shown as whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig.checker import check
from tests.rig.deeds import APOLOGIES, deeds_of
from tests.rig.faults import ONCE, inject
from tests.rig.house import House
from tests.rig.swarm import Shopper, swarm
from tests.rig.whole import Whole

PARTS = ("nlu", "policy 1", "policy 2", "read", "write", "action")
AT_ONCE = 6


@dataclass(frozen=True)
class Talk:
    """A message, what was said before it, the whole answer to it, and the action that the answer needs."""

    message: str
    whole: tuple[str, ...]
    before: tuple[str, ...] = ()
    action: str | None = None


ORDER, HELP = "where is my order?", "what can you do?"
TALKS = (
    Talk("hello", ("utter_greet",)),
    Talk(HELP, ("utter_help",)),
    Talk(ORDER, ("utter_ask_order_number",), action="validate_order_form"),
    Talk("{number}", ("utter_ask_contact",), (ORDER,), "validate_order_form"),
    Talk("{email}", ("utter_order_status",), (ORDER, "{number}"), "action_order_status"),
    Talk(HELP, ("utter_help", "utter_ask_order_number"), (ORDER,), "validate_order_form"),
    Talk(ORDER, ("utter_still_need", "utter_ask_order_number"), (ORDER,), "validate_order_form"),
    Talk(
        "show my orders",
        ("utter_form_set_aside", "utter_ask_confirm_form_contact"),
        (ORDER,),
        "action_list_orders",
    ),
    Talk("i want to talk to a person", ("utter_handed_off",), (), "action_hand_off"),
)
FAULTS = [
    (talk, part, once)
    for talk in TALKS
    for part in PARTS
    for once in ("", ONCE)
    if part != "action" or talk.action
]


@pytest.mark.rasa
@pytest.mark.xdist_group("rasa")
async def test_without_a_fault_each_talk_has_its_whole_answer(whole: Whole):
    said = await talked(whole, [(talk, "", "") for talk in TALKS])
    assert said == [talk.whole for talk in TALKS]


@pytest.mark.rasa
@pytest.mark.xdist_group("rasa")
@pytest.mark.timeout(400, func_only=True)
async def test_no_fault_in_a_part_of_rasa_makes_a_turn_silent_or_half(whole: Whole):
    assert len(FAULTS) >= 100
    said = await talked(whole, FAULTS)
    wrong = [
        f"{talk.message!r} after {talk.before} with a fault in {part}{once}: {names}"
        for (talk, part, once), names in zip(FAULTS, said, strict=True)
        if names != talk.whole and (len(names) != 1 or names[0] not in APOLOGIES)
    ]
    assert not wrong, "\n".join(wrong)
    assert any(names != talk.whole for (talk, _, _), names in zip(FAULTS, said, strict=True)), (
        "no fault struck"
    )


async def talked(whole: Whole, faults: list[tuple[Talk, str, str]]) -> list[tuple[str, ...]]:
    """What each talk was answered with while its fault was there: names of responses; every history is whole."""
    async with swarm(whole.house.url, len(faults)) as shoppers:
        for shopper in shoppers:
            customer = whole.customers.pop()
            shopper.facts = {"number": customer.number, "email": customer.email}
        few = asyncio.Semaphore(AT_ONCE)

        async def say(shopper: Shopper, *texts: str) -> tuple[str, ...]:
            lines = []
            async with few:
                for text in texts:
                    lines = await shopper.ask(text.format(**shopper.facts), 60)
            return tuple(line["name"] for line in lines)

        pairs = list(zip(shoppers, faults, strict=True))
        await asyncio.gather(*(say(shopper, *talk.before) for shopper, (talk, _, _) in pairs))
        injected = {}
        for shopper, (talk, part, once) in pairs:
            where = f"{talk.action}: 500" if part == "action" else part
            injected[(await deeds_of(whole.house, shopper)).conversation.public_id] = where + once
        inject(whole.house.fault_file, injected)
        said = await asyncio.gather(*(say(shopper, talk.message) for shopper, (talk, _, _) in pairs))
        inject(whole.house.fault_file, {})
        again = await asyncio.gather(*(say(shopper, HELP) for shopper in shoppers))
        assert all(names[0] == "utter_help" for names in again)
        for shopper in shoppers:
            assert check(shopper.events, answers=lambda _, lines: bool(lines)) == []
        return said


QUICK = ("empty", "half", "500", "reset", "bad json", "foreign")


@pytest.mark.parametrize(
    "ways", [QUICK, pytest.param(("hang",), marks=pytest.mark.long)], ids=["quick", "hang"]
)
async def test_whatever_rasa_does_a_message_gets_its_answer_or_the_fallback_once(
    tmp_path: Path, ways: tuple[str, ...]
):
    house = House(tmp_path, rasa_patience=2)
    rasa, gateway = house.stub_rasa(), house.gateway()
    messages = {f"[{way}{once}] please": once for way in ways for once in ("", ONCE)}
    try:
        rasa.start()
        gateway.start()
        await gateway.healthy()
        await rasa.healthy()
        async with swarm(house.url, len(messages)) as shoppers:
            said = await asyncio.gather(
                *(s.ask(text, 60) for s, text in zip(shoppers, messages, strict=True))
            )
            after = await asyncio.gather(*(shopper.ask("well again") for shopper in shoppers))
        for (text, once), (line,) in zip(messages.items(), said, strict=True):
            assert (line["name"] == "utter_fallback") != bool(once), text
            assert once == "" or text in line["text"]
        assert all("well again" in line["text"] for (line,) in after)
    finally:
        gateway.stop()
        rasa.stop()
