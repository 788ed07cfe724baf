"""Keep processes up in the foreground until somebody says that it is enough."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from barev.cli.launch.processes import Processes

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def keep_up(
    processes: Processes, started: Callable[[], Awaitable[None]], say: Callable[[str], None]
) -> None:
    """Do `started`, which starts them, and keep them alive until a signal; a second signal kills them.

    Raises CancelledError at the signal, and whatever `started` raises; in any case all have ended then.
    """
    whole = this_task()

    def asked() -> None:
        if whole.cancelling():
            processes.kill_all()
        else:
            say("stopping")
            whole.cancel()

    on_signal(asked)
    try:
        await started()
        await asyncio.Event().wait()
    finally:
        await processes.stop()


def on_signal(act: Callable[[], object]) -> None:
    """What Ctrl-C, TERM and a closed terminal do from now on."""
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, act)


def this_task() -> asyncio.Task[Any]:
    """The task that is running; to be cancelled by a signal."""
    task = asyncio.current_task()
    assert task is not None
    return task
