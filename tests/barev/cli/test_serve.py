"""`barev serve` is the gateway alone: healthy, the only one on its file, and gone when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from barev.cli.launch import ready
from barev.settings import ROOT, Settings
from tests.rig.ports import free_port

SERVE = (sys.executable, "-m", "barev.cli", "serve")


def environment(folder: Path, port: int) -> dict[str, str]:
    return {**os.environ, "BAREV_DATA_DIR": str(folder), "BAREV_PORT": str(port), "BAREV_PUBLIC_URL": ""}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A healthy gateway on a new SQLite file."""
    port = free_port()
    process = subprocess.Popen(SERVE, cwd=ROOT, env=environment(tmp_path, port), stdout=subprocess.PIPE)
    try:
        await asyncio.wait_for(ready.gateway_is_up(Settings(data_dir=tmp_path, port=port)), 60)
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_second_one_on_the_same_file_is_refused_in_a_sentence(
    gateway: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    second = subprocess.run(
        SERVE, cwd=ROOT, env=environment(tmp_path, free_port()), capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert (
        second.stderr.startswith("barev: Another gateway already works on ")
        and second.stderr.count("\n") == 1
    )
    assert gateway.poll() is None


async def test_term_ends_it_well(gateway: subprocess.Popen[bytes]) -> None:
    gateway.send_signal(signal.SIGTERM)
    assert gateway.wait(timeout=20) == 0
    assert gateway.stdout is not None and gateway.stdout.read().startswith(
        b"the gateway listens on 127.0.0.1, port "
    )
