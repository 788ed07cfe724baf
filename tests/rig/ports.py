"""Free ports for processes that are killed and come back to the same port."""

from __future__ import annotations

import random
import socket

BELOW_EPHEMERAL = range(20_000, 32_000)
"""The kernel takes the source ports of outgoing connections from higher up: one of those could take the port of a
process that is down for a moment, and it could not come back."""

_given: set[int] = set()
_chance = random.SystemRandom()


def free_port() -> int:
    """A port on loopback that nobody listens on now and that this process has not been given before."""
    while True:
        port = _chance.choice(BELOW_EPHEMERAL)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
