"""One whole Barev under measurement: trained, started, warmed, asked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.rig.house import House
from tests.rig.processes import Server
from tests.rig.shop import furnish
from tools.bench.pipelines import train
from tools.bench.talk import TURNS, Told, one_long_conversation, visits

WARM = 4
START_SECONDS = 300.0
LONG = 310
EARLY, LATE = slice(10, 30), slice(290, 310)  # around turn 20, around turn 300


@dataclass(frozen=True)
class Speed:
    """Turns in a second; seconds of the median turn and of the 95th percentile."""

    per_second: float
    median: float
    p95: float


@dataclass(frozen=True)
class Figures:
    """Everything that was measured of one pipeline. Seconds and bytes; `names` is what was answered, by question."""

    training: float
    start: dict[str, float]
    alone: Speed
    eight: Speed
    resident: dict[str, int]
    turns: int
    empty: int
    apologies: int
    long_early: float
    long_late: float
    names: dict[str, list[str]]

    @property
    def memory(self) -> int:
        return sum(self.resident.values())

    @property
    def long_ratio(self) -> float:
        """What turn 300 of one conversation costs, in turns 20."""
        return self.long_late / self.long_early


async def measure(config: Path, folder: Path, turns: int) -> Figures:
    """Train with this config, start everything in `folder`, and ask."""
    folder.mkdir(parents=True)
    house = House(folder)
    alone, eight = turns // TURNS, 2 * turns // TURNS
    customers = await furnish(house, WARM + alone + eight + 1)
    model, training = await asyncio.to_thread(train, house, config)
    servers = {"gateway": house.gateway(), "actions": house.actions(), "Rasa": house.rasa(model)}
    try:
        start = await _started(servers)
        await visits(house.url, customers[:WARM], side_by_side=1)
        one = await visits(house.url, customers[WARM : WARM + alone], side_by_side=1)
        many = await visits(house.url, customers[WARM + alone : -1], side_by_side=8)
        long = await one_long_conversation(house.url, customers[-1], turns=LONG)
        resident = {name: server.resident() for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.stop()
    told = (one, many, long)
    return Figures(
        training=training,
        start=start,
        alone=_speed(one),
        eight=_speed(many),
        resident=resident,
        turns=sum(len(each.seconds) for each in told),
        empty=sum(each.empty for each in told),
        apologies=sum(each.apologies for each in told),
        long_early=median(long.seconds[EARLY]),
        long_late=median(long.seconds[LATE]),
        names=one.answers,
    )


async def _started(servers: dict[str, Server]) -> dict[str, float]:
    """All three are started together, as `make run` does; seconds until each was well."""
    began = time.monotonic()
    for server in servers.values():
        server.start()

    async def well(server: Server) -> float:
        await server.healthy(START_SECONDS)
        return time.monotonic() - began

    seconds = await asyncio.gather(*map(well, servers.values()))
    return dict(zip(servers, seconds, strict=True))


def _speed(told: Told) -> Speed:
    return Speed(len(told.seconds) / told.wall, median(told.seconds), quantiles(told.seconds, n=20)[-1])
