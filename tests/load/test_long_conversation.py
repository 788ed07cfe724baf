"""A conversation that goes on and on costs no more per turn, and no more memory than there is."""

from __future__ import annotations

from statistics import median

import pytest

from tests.rig.whole import Whole
from tools.bench.chain import EARLY, LATE, LONG
from tools.bench.report import LONG_RATIO, MEMORY
from tools.bench.talk import TURNS, one_long_conversation, visits

pytestmark = [pytest.mark.rasa, pytest.mark.long, pytest.mark.xdist_group("rasa")]


@pytest.mark.timeout(600, func_only=True)
async def test_turn_300_of_a_conversation_costs_at_most_half_more_than_turn_20(whole: Whole) -> None:
    told = await one_long_conversation(whole.house.url, whole.customers.pop(), turns=LONG)
    assert (told.empty, told.apologies) == (0, 0)
    assert median(told.seconds[LATE]) <= LONG_RATIO * median(told.seconds[EARLY])


@pytest.mark.timeout(900, func_only=True)
async def test_a_hundred_visits_eight_at_a_time_fit_into_the_memory_and_all_are_answered(
    whole: Whole,
) -> None:
    told = await visits(whole.house.url, [whole.customers.pop() for _ in range(100)], side_by_side=8)
    assert (len(told.seconds), told.empty, told.apologies) == (100 * TURNS, 0, 0)
    resident = sum(server.resident() for server in (whole.gateway, whole.actions, whole.rasa))
    assert resident <= MEMORY, f"{resident / 2**20:.0f} MB"
