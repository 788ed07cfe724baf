"""One process: started in a session of its own, its output in a log, ended with everything that it started."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from barev.settings import ROOT

PATIENCE = 10.0
"""Seconds between TERM and KILL."""
LARGEST_LOG = 20 * 1024 * 1024

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """What to start: a command, its whole environment, where its output is appended, and the folder it works in.

    Rasa works in the repository's root only.
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    folder: Path = ROOT


async def run(child: Child) -> int:
    """Run a child to its end and return its exit code; ended with everything it started when this is cancelled."""
    process = await spawn(child)
    try:
        return await process.wait()
    finally:
        await end(process)


async def spawn(child: Child) -> Process:
    """Start a child in a session of its own, its output appended to its log. It ends when we are killed."""
    child.log.parent.mkdir(parents=True, exist_ok=True)
    if child.log.exists() and child.log.stat().st_size > LARGEST_LOG:
        child.log.replace(child.log.with_suffix(".old.log"))
    with open(child.log, "ab") as log:
        return await asyncio.create_subprocess_exec(
            *child.command,
            cwd=child.folder,
            env=child.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )


def how_it_ended(code: int | None) -> str:
    """`ended with code 1`, `was ended by SIGKILL`."""
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "its log is empty")


async def end(process: Process, patience: float = PATIENCE) -> None:
    """TERM, and KILL after `patience` seconds; then whatever it has left behind."""
    if process.returncode is None:
        signal_group(process, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)
    signal_group(process, signal.SIGKILL)
    await process.wait()


def signal_group(process: Process, number: signal.Signals) -> None:
    """Signal a process and all that it started: its group may outlive it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _end_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
