"""One whole Barev with a real Rasa, for all the tests that need one: it takes twenty seconds to start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.rig.house import House
from tests.rig.model import trained
from tests.rig.ports import free_port
from tests.rig.processes import Server
from tests.rig.shop import Customer, furnish

CUSTOMERS = 400


@dataclass(frozen=True)
class Whole:
    """Gateway, actions and Rasa, all running; the last two fail where a test says (tests/rig/faults.py).

    Its mail server listens only while a test runs one (tests/rig/mail_server.py). `customers` are handed out: a
    customer who was asked about by one test is known to its conversation only.
    """

    house: House
    gateway: Server
    actions: Server
    rasa: Server
    customers: list[Customer]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The one started Rasa of a test process."""
    mail = {"smtp_url": f"smtp://127.0.0.1:{free_port()}", "mail_from": "shop@shop.example"}
    house = House(tmp_path_factory.mktemp("whole"), rasa_patience=120, **mail)
    customers = asyncio.run(furnish(house, CUSTOMERS))
    rasa = house.rasa(trained(house.secrets), "tests.rig.faulty_rasa")
    all_ = Whole(house, house.gateway(), house.actions("tests.rig.faulty_actions"), rasa, customers)
    servers = (all_.rasa, all_.actions, all_.gateway)
    try:
        for server in servers:
            server.start()
        for server in reversed(servers):
            asyncio.run(server.healthy())
        yield all_
    finally:
        for server in reversed(servers):
            server.stop()
