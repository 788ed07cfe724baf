"""`barev train`: Rasa's model, if its sources have changed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from barev.cli.launch import model
from barev.settings import Secrets, Settings, load_secrets, load_settings

QUIET_SECONDS = 10
"""Where nobody watches (a log, CI), progress is a line this often."""


def train() -> None:
    """Train the model if its sources changed; prints where it lies."""
    settings = load_settings()
    path = asyncio.run(trained(settings, load_secrets(settings), Console(stderr=True)))
    print(path)


async def trained(settings: Settings, secrets: Secrets, console: Console) -> Path:
    """The model of the sources as they are now, trained with the seconds shown where it is not there yet."""
    path = model.model_file(settings)
    if path.exists():
        return path
    began = time.monotonic()
    training = asyncio.create_task(model.train(settings, secrets))
    try:
        with console.status("") as status:
            while not training.done():
                seconds = int(time.monotonic() - began)
                text = f"training the model: {seconds} s"
                status.update(text)
                if not console.is_terminal and seconds % QUIET_SECONDS == 0:
                    console.print(text)
                await asyncio.wait({training}, timeout=1)
        path = await training
    except asyncio.CancelledError:
        training.cancel()
        with suppress(asyncio.CancelledError):
            await training
        raise
    console.print(f"trained the model in {time.monotonic() - began:.0f} s")
    return path
