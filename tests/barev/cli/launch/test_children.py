"""What the three processes are told: each what it needs, Rasa nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from barev.cli.launch.children import children, rasa_environment, settings_environment
from barev.settings import ROOT, Secrets, Settings

SECRETS = Secrets(**{name: name[0] * 32 for name in Secrets.model_fields})


def test_a_child_reads_the_settings_that_its_parent_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        port=8123, data_dir=tmp_path, sites=("https://a.example", "https://b.example"), database_schema=None
    )
    for name, value in settings_environment(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_rasa_learns_its_own_secrets_and_no_setting_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAREV_TELEGRAM_TOKEN", "1:not-for-Rasa")
    environment = rasa_environment(Settings(data_dir=tmp_path, actions_port=5999), SECRETS)
    assert {name: value for name, value in environment.items() if name.startswith("BAREV_")} == {
        "BAREV_RASA_SECRET": SECRETS.rasa,
        "BAREV_ACTIONS_SECRET": SECRETS.actions,
        "BAREV_ACTIONS_URL": "http://127.0.0.1:5999/webhook",
        "BAREV_TRACKER_DB": str(tmp_path / "tracker.db"),
    }
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_rasa_listens_on_loopback_and_works_in_the_repository(tmp_path: Path) -> None:
    gateway, actions, rasa = children(Settings(data_dir=tmp_path), SECRETS, tmp_path / "model.tar.gz")
    assert [gateway.name, actions.name, rasa.name] == ["gateway", "actions", "rasa"]
    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    assert rasa.folder == ROOT


def test_rasas_files_name_only_what_it_is_given() -> None:
    named = {
        line.split("${")[1].split("}")[0]
        for file in ("endpoints.yml", "credentials.yml")
        for line in (ROOT / file).read_text().splitlines()
        if "${BAREV" in line
    }
    assert named <= set(rasa_environment(Settings(), SECRETS))
