"""One gateway on a SQLite file, by whatever path it is named; as many as wanted on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from barev.cli.errors import Refused
from barev.cli.launch.gateway_lock import only_gateway
from barev.settings import ROOT, Settings

HOLDS = (
    "import sys, time\n"
    "from barev.cli.launch.gateway_lock import only_gateway\nfrom barev.settings import Settings\n"
    "with only_gateway(Settings(data_dir=sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def test_a_second_gateway_on_the_same_file_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "barev.db")
    by_link = Settings(data_dir=tmp_path, database_url=f"sqlite+aiosqlite:///{link}")
    with (
        only_gateway(Settings(data_dir=tmp_path)),
        pytest.raises(Refused, match=r"^Another gateway already works on .*/barev\.db;"),
        only_gateway(by_link),
    ):
        pass


def test_another_file_has_another_lock(tmp_path: Path) -> None:
    other = Settings(data_dir=tmp_path, database_url=f"sqlite+aiosqlite:///{tmp_path}/other.db")
    with only_gateway(Settings(data_dir=tmp_path)), only_gateway(other):
        pass


def test_postgresql_takes_many_gateways(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql+asyncpg://barev@127.0.0.1/shop")
    with only_gateway(settings), only_gateway(settings):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_gateway_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, cwd=ROOT)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Refused), only_gateway(settings):
            pass
        holder.kill()
        holder.wait()
    with only_gateway(settings):
        pass
