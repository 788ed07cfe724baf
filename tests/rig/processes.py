"""Barev's processes as tests start, kill and start them again: each in a group of its own, none outlives the test."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from barev.cli.launch.child import Child, last_line

START_SECONDS = 120.0
STOP_SECONDS = 10.0

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class DidNotStart(Exception):
    """A process ended, or did not become healthy in time; the message holds the end of its log."""


@dataclass
class Server:
    """One process that serves HTTP: what to start, and the address that says whether it is well.

    `well` is asked with `headers`; the server is healthy when it answers 200.
    """

    child: Child
    well: str
    headers: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return at once."""
        self.child.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.child.log, "ab") as log:
            self._process = subprocess.Popen(
                self.child.command,
                cwd=self.child.folder,
                env=with_bytecode(self.child.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_the_tests,
            )

    async def healthy(self, seconds: float = START_SECONDS) -> float:
        """Wait until it answers; how many seconds that took. Raises DidNotStart."""
        began = time.monotonic()
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=2), headers=self.headers
        ) as http:
            while time.monotonic() - began < seconds:
                if self._process is None or self._process.poll() is not None:
                    break
                with suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with http.get(self.well) as answer:
                        if answer.status == 200:
                            return time.monotonic() - began
                await asyncio.sleep(0.05)
        raise DidNotStart(f"{self.child.name}: {last_line(self.child.log)} ({self.child.log})")

    def kill(self) -> None:
        """`kill -9`, to the whole group; returns when the process is gone."""
        if self._process is not None:
            self.kills += 1
            self._signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """TERM, ten seconds, KILL."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def resident(self) -> int:
        """Bytes of memory that the process and its children hold now."""
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        return sum(int(one.memory_info().rss) for one in (parent, *parent.children(recursive=True)))

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def with_bytecode(environment: dict[str, str]) -> dict[str, str]:
    """What is started ten times compiles its sources once, also where PYTHONDONTWRITEBYTECODE is set."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / f"barev-bytecode-{os.getuid()}")}


def _end_with_the_tests() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
