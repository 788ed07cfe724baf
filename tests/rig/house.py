"""A whole Barev for one test, or a part of it, in a folder of its own: gateway, actions, and Rasa or a stub of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from barev.cli.launch.child import Child
from barev.cli.launch.children import children, settings_environment
from barev.settings import Secrets, Settings, load_secrets
from tests.rig.faults import FAULTS_FILE
from tests.rig.ports import free_port
from tests.rig.processes import Server

SECRET = "X-Barev-Secret"


class House:
    """Settings, secrets and the servers of one installation under `folder`; nothing runs before it is started.

    `settings` are those of barev.settings; the limits on eager visitors are lifted, the ports are free ones.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        given = {
            "data_dir": folder,
            "port": free_port(),
            "rasa_port": free_port(),
            "actions_port": free_port(),
            "messages_per_minute": 1_000_000,
            "new_conversations_per_hour": 1_000_000,
        }
        self.settings = Settings(_env_file=None, **{**given, **settings})
        self.secrets: Secrets = load_secrets(self.settings)
        self.fault_file = (
            folder / "faults.json"
        )  #: says where the faulty processes fail (tests/rig/faults.py)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def gateway(self, module: str = "barev.cli", *arguments: str) -> Server:
        """The gateway; another `module` is another entry point, for a gateway that is wrong on purpose."""
        command = (sys.executable, "-m", module, *(arguments or ("serve",)))
        return Server(self._child("gateway", command), f"{self.url}/healthz")

    def actions(self, module: str = "actions") -> Server:
        child = self._child("actions", (sys.executable, "-m", module))
        return Server(child, f"http://127.0.0.1:{self.settings.actions_port}/health")

    def stub_rasa(self, *, wait: float = 0.02) -> Server:
        """A stand-in that answers by echo after `wait` seconds, and misbehaves where the message says so
        (tests/rig/stub_rasa.py)."""
        command = (
            sys.executable,
            "-m",
            "tests.rig.stub_rasa",
            str(self.settings.rasa_port),
            str(self.asked_file),
        )
        child = self._child("stub-rasa", command)
        child.environment.update({"BAREV_RASA_SECRET": self.secrets.rasa, "STUB_WAIT": str(wait)})
        return Server(child, f"{self._rasa_url}/ready", {SECRET: self.secrets.rasa})

    def rasa(self, model: Path, module: str = "rasa") -> Server:
        """Rasa itself with a trained model; another `module` starts it with something changed."""
        (child,) = (one for one in children(self.settings, self.secrets, model) if one.name == "rasa")
        command = tuple(module if part == "rasa" else part for part in child.command)
        child = replace(
            child, command=command, environment={**child.environment, FAULTS_FILE: str(self.fault_file)}
        )
        return Server(child, f"{self._rasa_url}/ready", {SECRET: self.secrets.rasa})

    @property
    def asked_file(self) -> Path:
        """Where the stub Rasa writes what it was asked."""
        return self.settings.data_dir / "asked.jsonl"

    @property
    def _rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.rasa_port}/webhooks/gateway"

    def _child(self, name: str, command: tuple[str, ...]) -> Child:
        log = self.settings.data_dir / "logs" / f"{name}.log"
        environment = settings_environment(self.settings) | {FAULTS_FILE: str(self.fault_file)}
        return Child(name, command, environment, log)
