"""A port in use is one sentence with the name of the setting to change."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from barev.cli.errors import Refused
from barev.cli.launch import ports
from barev.settings import Settings
from tests.rig.ports import free_port


@pytest.mark.parametrize("setting", ["port", "rasa_port", "actions_port"])
def test_each_of_the_three_ports_is_looked_at(setting: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        mine = {"port": free_port(), "rasa_port": free_port(), "actions_port": free_port(), setting: number}
        with pytest.raises(Refused, match=rf"^Port {number} is in use .* BAREV_{setting.upper()}\.$"):
            ports.all_free(Settings(data_dir=tmp_path, **mine))


def test_free_ports_are_left_free(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=free_port(), rasa_port=free_port(), actions_port=free_port())
    ports.all_free(settings)
    ports.listening("127.0.0.1", settings.port, setting="BAREV_PORT").close()


def test_a_port_that_has_just_served_can_be_taken_again() -> None:
    first = ports.listening("127.0.0.1", 0, setting="BAREV_PORT")
    number = first.getsockname()[1]
    with socket.create_connection(("127.0.0.1", number)) as shopper:
        answered, _ = first.accept()
        answered.close()  # the server closes first, so its side waits
        assert shopper.recv(1) == b""
    first.close()
    ports.listening("127.0.0.1", number, setting="BAREV_PORT").close()
