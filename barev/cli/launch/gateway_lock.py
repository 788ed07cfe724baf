"""On SQLite there is one gateway, held by a lock on a file beside the database; PostgreSQL takes many."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from barev.cli.errors import Refused
from barev.cli.launch.address import address
from barev.settings import Settings


@contextmanager
def only_gateway(settings: Settings) -> Iterator[None]:
    """Hold the lock for the length of the block; the kernel lets go of it however the process ends.

    Raises Refused when another gateway has it.
    """
    path = lock_file(settings)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(
                f"Another gateway already works on {path.with_suffix('')}; a SQLite file serves one gateway."
            ) from error
        yield


def lock_file(settings: Settings) -> Path | None:
    """Beside the SQLite file, under its real name: two paths to one file are one lock. None for PostgreSQL."""
    url = address(settings)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    file = Path(url.database).resolve()
    return file.with_name(f"{file.name}.lock")
