"""What domain.yml names."""

from __future__ import annotations

import yaml

from barev.settings import ROOT


def custom_actions() -> list[str]:
    """The actions of our action server; one with settings of its own is written as `name: {...}`."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in domain["actions"]]
