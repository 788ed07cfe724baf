"""Which ports are free. A port in use is said before anything is started."""

from __future__ import annotations

import socket

from barev.cli.errors import Refused
from barev.settings import Settings

LOOPBACK = "127.0.0.1"


def listening(host: str, port: int, *, setting: str) -> socket.socket:
    """A bound socket; port 0 takes any free one. Raises Refused when the port is taken or not ours to take."""
    bound = socket.socket()
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        if isinstance(error, PermissionError):
            raise Refused(
                f"Port {port} may not be used by this account; choose another with {setting}."
            ) from error
        raise Refused(
            f"Port {port} is in use by another program; stop that one or choose another port with {setting}."
        ) from error
    return bound


def ports(settings: Settings) -> dict[str, tuple[str, int, str]]:
    """Host, port and name of the setting of each of the three processes."""
    return {
        "gateway": (settings.host, settings.port, "BAREV_PORT"),
        "rasa": (LOOPBACK, settings.rasa_port, "BAREV_RASA_PORT"),
        "actions": (LOOPBACK, settings.actions_port, "BAREV_ACTIONS_PORT"),
    }


def all_free(settings: Settings) -> None:
    """Raises Refused when one of the three ports is taken."""
    for host, port, setting in ports(settings).values():
        listening(host, port, setting=setting).close()
