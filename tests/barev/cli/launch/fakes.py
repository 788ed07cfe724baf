"""Children for the launcher that start at once: small Python programs that say what happens to them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from barev.cli.launch.child import Child

WAITS = "import signal; print('up', flush=True); signal.pause()"
DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
    "while True: signal.pause()"
)
FAILS = "import sys; print('the config is wrong'); sys.exit(3)"


def child(folder: Path, name: str, script: str = WAITS) -> Child:
    """A child that runs this script, with its log in the folder; without a script it waits for a signal."""
    command = (sys.executable, "-I", "-S", "-c", script)
    return Child(name, command, dict(os.environ), folder / f"{name}.log", folder)


async def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so; fails when it never is."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came to be so"
        await asyncio.sleep(0.01)


def is_up(one: Child) -> bool:
    return one.log.exists() and "up" in one.log.read_text()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
