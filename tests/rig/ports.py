"""Free ports for processes that are killed and come back to the same port."""

from __future__ import annotations

import os
import random
import socket
from collections import deque

BELOW_EPHEMERAL = range(20_000, 32_000)
"""The kernel takes the source ports of outgoing connections from higher up: one of those could take the port of a
process that is down for a moment, and it could not come back."""
SHARE = 3_000
"""So many ports are for one test process (of at most four): another one's gateway once came up where a killed one had
been, and its shoppers were strangers there."""
LATELY = 1_000

_given: deque[int] = deque(maxlen=LATELY)
_chance = random.SystemRandom()


def free_port() -> int:
    """A port on loopback that nobody listens on now and that this process has not been given lately."""
    first = BELOW_EPHEMERAL.start + SHARE * (_process() % (len(BELOW_EPHEMERAL) // SHARE))
    while True:
        port = _chance.randrange(first, first + SHARE)
        if port not in _given and _is_free(port):
            _given.append(port)
            return port


def _process() -> int:
    """Of pytest-xdist: "gw2" is 2; alone it is 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
