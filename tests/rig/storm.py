"""Shoppers write while a process of Barev's is killed again and again."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.rig.processes import Server
from tests.rig.swarm import Shopper

LIFE = (0.2, 1.5)
"""Seconds that a process lives between two kills, at least and at most."""

Texts = Callable[[Shopper, int], str]


async def storm(
    shoppers: Sequence[Shopper],
    victims: Sequence[Server],
    chance: random.Random,
    *,
    kills: int,
    messages: int,
    life: tuple[float, float] = LIFE,
    text: Texts = lambda shopper, n: f"{shopper.name}, message {n}",
    killed: Callable[[Server], None] = lambda server: None,
) -> None:
    """Kill the victims in turn, `kills` times in all, each at a random moment of its life, and start them again.

    Every shopper writes `messages` messages (the n-th reads `text(shopper, n)`), the same number in each life, at
    random moments. `killed` is called while the process is down.
    """
    for n in range(kills):
        seconds = chance.uniform(*life)
        numbers = range(messages * n // kills + 1, messages * (n + 1) // kills + 1)
        writing = [
            _write(shopper, [text(shopper, number) for number in numbers], chance, seconds)
            for shopper in shoppers
        ]
        await asyncio.gather(_kill(victims[n % len(victims)], seconds, killed), *writing)


async def _write(shopper: Shopper, texts: list[str], chance: random.Random, seconds: float) -> None:
    pauses = [chance.uniform(0, 2 * seconds / max(len(texts), 1)) for _ in texts]
    for pause, text in zip(pauses, texts, strict=True):
        await asyncio.sleep(pause)
        await shopper.say(text)


async def _kill(server: Server, seconds: float, killed: Callable[[Server], None]) -> None:
    await asyncio.sleep(seconds)
    server.kill()
    killed(server)
    server.start()
    await server.healthy()


def assert_sqlite_is_whole(database: Path) -> None:
    """PRAGMA integrity_check and foreign_key_check, on a copy: the process itself must recover the original."""
    with tempfile.TemporaryDirectory() as folder:
        for part in (database, Path(f"{database}-wal")):
            if part.exists():
                shutil.copy(part, folder)
        connection = sqlite3.connect(Path(folder) / database.name)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        finally:
            connection.close()
