"""Starts processes, keeps them alive, and ends them: each in a group of its own, so that nothing stays behind."""

from __future__ import annotations

import asyncio
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType

from barev.cli.launch.child import PATIENCE, Child, end, how_it_ended, last_line, signal_group, spawn

PAUSES = (1.0, 30.0)
"""Seconds before a dead child is started again, first and longest: doubled each time between."""
STEADY = 60.0
"""Seconds alive after which a child counts as well again, and its next pause is the first one."""


class Processes:
    """The children of one `barev up`, or of a test. The first one named is the front: it is ended first, so that
    no turn that it has begun loses the others.

    `say` gets one line for each thing worth knowing. `first_death` is set when a child has ended by itself.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        say: Callable[[str], None] = print,
        pauses: tuple[float, float] = PAUSES,
        patience: float = PATIENCE,
    ) -> None:
        self.children = tuple(children)
        self.first_death: asyncio.Event = asyncio.Event()
        self.died: list[tuple[Child, int | None]] = []
        self._say = say
        self._first_pause, self._longest_pause = pauses
        self._patience = patience
        self._running: dict[str, Process] = {}
        self._ending = {child.name: asyncio.Event() for child in self.children}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Processes:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, *names: str) -> None:
        """Start these children, or all; each is started again whenever it ends, until `stop`.

        Raises OSError when one cannot be started at all; then none is left running.
        """
        try:
            for child in self.children:
                if not names or child.name in names:
                    process = await self._spawn(child)
                    self._keepers[child.name] = asyncio.create_task(self._keep(child, process))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the front, then the rest together: TERM, ten seconds, KILL."""
        front, *rest = (child.name for child in self.children)
        for names in ([front], rest):
            for name in names:
                self._ending[name].set()
            await asyncio.gather(*(self._keepers[name] for name in names if name in self._keepers))

    async def kill(self, name: str) -> int:
        """End a child as `kill -9` does, and wait until it is gone; it is started again. Returns the pid it had."""
        process = self._running[name]
        if process.returncode is None:
            signal_group(process, signal.SIGKILL)
        await process.wait()
        return process.pid

    def kill_all(self) -> None:
        """At once and without asking: for whoever presses Ctrl-C a second time."""
        for process in self._running.values():
            if process.returncode is None:
                signal_group(process, signal.SIGKILL)

    def obituary(self) -> str:
        """One sentence about the first child that ended by itself, with the last line of its log."""
        child, code = self.died[0]
        return f"{child.name} {how_it_ended(code)} while starting: {last_line(child.log)} ({child.log})"

    def pid(self, name: str) -> int | None:
        """The process id of a child, None while it is down."""
        process = self._running.get(name)
        return process.pid if process and process.returncode is None else None

    async def _keep(self, child: Child, process: Process) -> None:
        pause, ending = self._first_pause, self._ending[child.name]
        while True:
            began = time.monotonic()
            if await _within(ending, process):
                await end(process, self._patience)
                return
            signal_group(process, signal.SIGKILL)  # whatever it has left behind
            self.died.append((child, process.returncode))
            self.first_death.set()
            if time.monotonic() - began >= STEADY:
                pause = self._first_pause
            ended = how_it_ended(process.returncode)
            self._say(f"{child.name} {ended}; starting it again in {pause:g} s ({child.log})")
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), pause)
            if ending.is_set():
                return
            pause = min(pause * 2, self._longest_pause)
            with suppress(OSError):  # then the old one counts as having ended once more, and the pause grows
                process = await self._spawn(child)

    async def _spawn(self, child: Child) -> Process:
        process = await spawn(child)
        self._running[child.name] = process
        return process


async def _within(ending: asyncio.Event, process: Process) -> bool:
    """Wait until we are told to end the process (true) or it ends by itself (false)."""
    told, ended = asyncio.create_task(ending.wait()), asyncio.create_task(process.wait())
    try:
        await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        ended.cancel()
    return ending.is_set()
