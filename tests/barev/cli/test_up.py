"""`barev up` refuses in one sentence with nothing half-started, and ends all that it started."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from barev.cli.launch.gateway_lock import only_gateway
from barev.settings import ROOT, Settings
from tests.barev.cli.launch.fakes import is_alive
from tests.rig.ports import free_port

KEEPS_UP = """
import asyncio, contextlib, sys
from pathlib import Path
from barev.cli.launch.processes import Processes
from barev.cli.launch.keep_up import keep_up
from tests.barev.cli.launch.fakes import DEAF, WAITS, child, is_up, until
from tests.rig.ports import free_port

async def main():
    folder = Path(sys.argv[1])
    children = [child(folder, name, DEAF if name == sys.argv[2] else WAITS) for name in ("gateway", "actions", "rasa")]
    processes = Processes(children)
    async def started():
        await processes.start()
        await until(lambda: all(is_up(one) for one in children))
        print(*(processes.pid(one.name) for one in children), flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await keep_up(processes, started, lambda line: print(line, file=sys.stderr, flush=True))

asyncio.run(main())
"""


def up(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`barev up` with three free ports and everything of its own under this folder."""
    names = ("BAREV_PORT", "BAREV_RASA_PORT", "BAREV_ACTIONS_PORT")
    ports = {name: str(free_port()) for name in names}
    return subprocess.run(
        [sys.executable, "-m", "barev.cli", "up"],
        cwd=ROOT,
        env={**os.environ, **ports, "BAREV_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_refused(
    ended: subprocess.CompletedProcess[str], sentence: str, folder: Path, *, leaves: set[str]
) -> None:
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1 and sentence in ended.stderr
    assert {path.name for path in folder.iterdir()} == leaves  # no log, no model, no database


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = up(tmp_path, BAREV_RASA_PORT=str(port))
    assert_refused(ended, f"Port {port} is in use by another program", tmp_path, leaves={"barev.db.lock"})


def test_a_second_gateway_on_the_same_file_is_refused(tmp_path: Path) -> None:
    with only_gateway(Settings(data_dir=tmp_path)):
        ended = up(tmp_path)
    assert_refused(ended, "Another gateway already works on", tmp_path, leaves={"barev.db.lock"})


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "barev.db"
    with sqlite3.connect(file) as newer:
        newer.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE alembic_version (version_num TEXT);"
            "INSERT INTO alembic_version VALUES ('9999')"
        )
    newer.close()
    before = file.read_bytes()
    ended = up(tmp_path)
    assert ended.returncode == 1
    assert "was written by a newer version of Barev" in ended.stderr and ended.stderr.count("\n") == 1
    assert file.read_bytes() == before
    assert not (tmp_path / "logs").exists() and not (tmp_path / "models").exists()


@pytest.fixture(params=["nobody", "rasa"])
def running(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Three children kept up by another process, one of them perhaps deaf to TERM; and their process ids."""
    parent = subprocess.Popen(
        [sys.executable, "-c", KEEPS_UP, tmp_path, request.param],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 3 and all(is_alive(pid) for pid in pids)
    yield parent, pids
    parent.kill()
    parent.communicate()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("running", ["nobody"], indirect=True)
def test_ctrl_c_ends_all_three(
    running: tuple[subprocess.Popen[str], list[int]], asked: signal.Signals
) -> None:
    parent, pids = running
    parent.send_signal(asked)
    assert parent.wait(timeout=10) == 0
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.parametrize("running", ["rasa"], indirect=True)
def test_a_second_ctrl_c_does_not_wait_for_who_does_not_listen(
    running: tuple[subprocess.Popen[str], list[int]],
) -> None:
    parent, pids = running
    assert parent.stderr is not None
    parent.send_signal(signal.SIGINT)
    assert parent.stderr.readline() == "stopping\n"
    with pytest.raises(subprocess.TimeoutExpired):
        parent.wait(timeout=1)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(timeout=5) == 0
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
@pytest.mark.parametrize("running", ["nobody"], indirect=True)
def test_nothing_stays_behind_when_barev_up_itself_is_killed(
    running: tuple[subprocess.Popen[str], list[int]],
) -> None:
    parent, pids = running
    parent.kill()
    parent.wait()
    for _ in range(200):
        if not any(is_alive(pid) for pid in pids):
            break
        signal.sigtimedwait([], 0.02)
    assert not any(is_alive(pid) for pid in pids)
