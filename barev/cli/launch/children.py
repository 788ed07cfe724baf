"""The three processes: what is called, with which environment, and where each one's log lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import SecretStr

from barev.cli.launch.child import Child
from barev.settings import ROOT, Secrets, Settings

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


def children(settings: Settings, secrets: Secrets, model: Path) -> tuple[Child, ...]:
    """Gateway, actions and Rasa, in the order in which they are started."""
    logs = settings.data_dir / "logs"
    ours = settings_environment(settings)
    where = ("--interface", "127.0.0.1", "--port", str(settings.rasa_port))
    files = ("--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
    return (
        Child(
            "gateway", (sys.executable, "-m", "barev.cli", "serve", "--prepared"), ours, logs / "gateway.log"
        ),
        Child("actions", (sys.executable, "-m", "actions"), ours, logs / "actions.log"),
        Child(
            "rasa",
            rasa_command("run", "--model", str(model), *where, *files),
            rasa_environment(settings, secrets),
            logs / "rasa.log",
        ),
    )


def rasa_command(*words: str, python: Path = RASA_PYTHON) -> tuple[str, ...]:
    """`rasa <words>` in Rasa's own environment."""
    return (str(python), "-m", "rasa", *words)


def settings_environment(settings: Settings) -> dict[str, str]:
    """This process's environment with these settings in it, whatever they came from."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for name in type(settings).model_fields:
        value, variable = getattr(settings, name), f"BAREV_{name.upper()}"
        if value is None:
            environment.pop(variable, None)
        elif isinstance(value, SecretStr):
            environment[variable] = value.get_secret_value()
        else:
            environment[variable] = ",".join(value) if isinstance(value, tuple) else str(value)
    return environment


def rasa_environment(settings: Settings, secrets: Secrets) -> dict[str, str]:
    """What Rasa's files name, and no other setting of ours: its old libraries need not know our secrets."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("BAREV_")}
    return {
        **theirs,
        "BAREV_RASA_SECRET": secrets.rasa,
        "BAREV_ACTIONS_SECRET": secrets.actions,
        "BAREV_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "BAREV_TRACKER_DB": str(settings.data_dir / "tracker.db"),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TICKET_LOCK_LIFETIME": "120",
    }
