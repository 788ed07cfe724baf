"""The trained model for tests: trained once for the sources as they are, and kept beside the one of `make run`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from barev.cli.launch import model
from barev.settings import ROOT, Secrets, Settings


def trained(secrets: Secrets) -> Path:
    """The model file; trains it (about two minutes) if the sources have changed since."""
    settings = Settings(_env_file=None, data_dir=ROOT / "var")
    return asyncio.run(model.train(settings, secrets))
