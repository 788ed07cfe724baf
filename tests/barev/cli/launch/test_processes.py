"""Children are kept alive while they are wanted, and all of them are gone afterwards."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from barev.cli.launch.processes import Processes
from tests.barev.cli.launch.fakes import DEAF, FAILS, WAITS, child, is_alive, is_up, until

LEAVES_ONE_BEHIND = (
    "import os, signal; pid = os.fork()\n"
    "print('up', pid, flush=True) if pid else signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "while True: signal.pause()"
)
NOTES_ITS_END = (
    "import signal, sys, time\n"
    "def ended(*_): time.sleep({pause}); open('ends', 'a').write('{name} '); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, ended); print('up', flush=True); signal.pause()"
)


async def test_a_killed_child_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    said: list[str] = []
    gateway, rasa = child(tmp_path, "gateway"), child(tmp_path, "rasa")
    async with Processes((gateway, rasa), say=said.append, pauses=(0.05, 0.1)) as processes:
        stays = processes.pid("gateway")
        gone = await processes.kill("rasa")
        await until(lambda: processes.pid("rasa"))
        assert processes.pid("rasa") != gone
        assert processes.pid("gateway") == stays
    assert said == [f"rasa was ended by SIGKILL; starting it again in 0.05 s ({rasa.log})"]


async def test_a_child_that_keeps_dying_is_started_less_and_less_often(tmp_path: Path) -> None:
    said: list[str] = []
    async with Processes([child(tmp_path, "rasa", FAILS)], say=said.append, pauses=(0.01, 0.04)) as processes:
        await until(lambda: len(said) >= 4)
        assert processes.obituary().startswith("rasa ended with code 3 while starting: the config is wrong (")
    assert [line.split(" in ")[1].split(" s ")[0] for line in said[:4]] == ["0.01", "0.02", "0.04", "0.04"]


async def test_each_child_has_a_group_of_its_own(tmp_path: Path) -> None:
    async with Processes([child(tmp_path, "gateway"), child(tmp_path, "rasa")]) as processes:
        groups = {os.getpgid(processes.pid(name) or 0) for name in ("gateway", "rasa")}
        assert len(groups) == 2 and os.getpgid(0) not in groups


async def test_stop_ends_also_a_child_that_does_not_listen(tmp_path: Path) -> None:
    deaf = child(tmp_path, "rasa", DEAF)
    processes = Processes([child(tmp_path, "gateway"), deaf], patience=0.2)
    await processes.start()
    await until(lambda: is_up(deaf))
    pids = [processes.pid(name) or 0 for name in ("gateway", "rasa")]
    await processes.stop()
    assert not any(is_alive(pid) for pid in pids)


async def test_stop_ends_also_what_a_child_has_started(tmp_path: Path) -> None:
    parent = child(tmp_path, "rasa", LEAVES_ONE_BEHIND)
    async with Processes([parent], patience=0.2):
        await until(lambda: is_up(parent))
        grandchild = int(parent.log.read_text().split()[1])
        assert is_alive(grandchild)
    await until(lambda: not is_alive(grandchild))


async def test_the_front_ends_before_what_it_needs(tmp_path: Path) -> None:
    front = child(tmp_path, "gateway", NOTES_ITS_END.format(pause=0.3, name="gateway"))
    rest = [child(tmp_path, name, NOTES_ITS_END.format(pause=0, name=name)) for name in ("actions", "rasa")]
    async with Processes([front, *rest]):
        await until(lambda: all(is_up(one) for one in (front, *rest)))
    assert (tmp_path / "ends").read_text().split()[0] == "gateway"
    assert sorted((tmp_path / "ends").read_text().split()) == ["actions", "gateway", "rasa"]


async def test_a_program_that_is_not_there_leaves_none_running(tmp_path: Path) -> None:
    processes = Processes(
        [child(tmp_path, "gateway"), replace(child(tmp_path, "rasa"), command=("/nowhere",))]
    )
    with pytest.raises(OSError, match="/nowhere"):
        await processes.start()
    assert processes.pid("gateway") is None


async def test_stop_does_not_wait_for_a_pause_to_pass(tmp_path: Path) -> None:
    processes = Processes([child(tmp_path, "rasa", FAILS)], say=lambda line: None, pauses=(60, 60))
    await processes.start()
    await processes.first_death.wait()
    await asyncio.wait_for(processes.stop(), 5)


async def test_only_the_named_children_are_started(tmp_path: Path) -> None:
    processes = Processes([child(tmp_path, "gateway"), child(tmp_path, "rasa", WAITS)])
    await processes.start("rasa")
    try:
        assert processes.pid("gateway") is None and processes.pid("rasa")
    finally:
        await processes.stop()
