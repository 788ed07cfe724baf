"""Shoppers write while the gateway is killed again and again: nothing lost, nothing twice, all in order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.crm_store.fixtures import Database
from tests.rig.checker import Fault, check_all
from tests.rig.house import House
from tests.rig.processes import Server
from tests.rig.storm import assert_sqlite_is_whole, storm
from tests.rig.swarm import settle, swarm


@dataclass(frozen=True)
class Size:
    conversations: int
    messages: int  #: of each conversation
    kills: int


SMALL, FULL, CALM = Size(10, 8, 4), Size(25, 20, 10), Size(25, 4, 0)
QUIET_SQLITE, QUIET_POSTGRESQL = 7.0, 22.0
"""Seconds without any news after which nothing comes any more: a gateway looks for what lies unanswered every five; on
PostgreSQL the lease of the one that was killed must run out before."""


async def killed_gateway(house: House, gateway: Server, chance: random.Random, size: Size) -> list[Fault]:
    """The faults that shoppers saw while a gateway with a stub Rasa behind it was killed so often."""
    rasa = house.stub_rasa()
    url = make_url(house.settings.database)
    is_sqlite = url.get_backend_name() == "sqlite"

    def look(_: Server) -> None:
        if is_sqlite:
            assert_sqlite_is_whole(Path(str(url.database)))

    try:
        rasa.start()
        gateway.start()
        await gateway.healthy()
        await rasa.healthy()
        async with swarm(house.url, size.conversations) as shoppers:
            if size.kills:
                await storm(
                    shoppers, [gateway], chance, kills=size.kills, messages=size.messages, killed=look
                )
            else:
                for n in range(size.messages):
                    for shopper in shoppers:
                        await shopper.say(f"{shopper.name}, message {n}")
            settled = await settle(
                shoppers, seconds=60, quiet=QUIET_SQLITE if is_sqlite else QUIET_POSTGRESQL
            )
        faults = check_all({shopper.name: shopper.events for shopper in shoppers})
        return faults if settled or faults else [Fault("not answered", "shoppers still wait")]
    finally:
        gateway.stop()
        rasa.stop()


@pytest.mark.parametrize("size", [SMALL, pytest.param(FULL, marks=pytest.mark.long)], ids=["small", "full"])
@pytest.mark.timeout(150, func_only=True)
async def test_a_killed_gateway_loses_nothing_and_says_nothing_twice(
    tmp_path: Path, database: Database, chance: random.Random, size: Size
):
    house = House(tmp_path, database_url=database.url, database_schema=database.schema)
    gateway = house.gateway()
    faults = await killed_gateway(house, gateway, chance, size)
    assert gateway.kills == size.kills
    assert faults == []


@pytest.mark.long
@pytest.mark.timeout(300, func_only=True)
async def test_a_gateway_that_acknowledges_before_its_commit_is_caught(tmp_path: Path, chance: random.Random):
    """Proof that the test above can fail; without kills this gateway loses nothing either."""
    calm = House(tmp_path / "calm")
    faults = await killed_gateway(calm, calm.gateway("tests.rig.ack_first_gateway"), chance, CALM)
    assert "lost" not in {fault.kind for fault in faults}, faults
    for run in range(3):
        house = House(tmp_path / str(run))
        faults = await killed_gateway(house, house.gateway("tests.rig.ack_first_gateway"), chance, FULL)
        if "lost" in {fault.kind for fault in faults}:
            return
    pytest.fail("three storms did not find the loss")
