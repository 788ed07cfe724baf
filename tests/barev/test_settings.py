"""Settings that are wrong are refused at start-up; secrets are made once and kept for their owner only."""

import json
import re
import stat
from datetime import time

import pytest
from pydantic import ValidationError

from barev.settings import ROOT, Settings, load_secrets


@pytest.mark.parametrize(
    "wrong",
    [
        {"sites": "*"},
        {"sites": "shop.example"},
        {"sites": "https://shop.example/page"},
        {"public_url": "http://shop.example"},
        {"port": 5005, "rasa_port": 5005},
        {"port": 70000},
        {"telegram_token": "not a token"},
        {"quiet_hours": "9-21"},
        {"quiet_hours": "21:00-25:00"},
    ],
)
def test_a_wrong_setting_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_the_gateway_is_on_loopback_until_a_public_address_is_set():
    assert Settings(public_url="").host == "127.0.0.1"
    assert Settings(public_url="https://chat.shop.example").host == "0.0.0.0"


@pytest.mark.parametrize(
    ("hours", "quiet", "awake"),
    [
        ("21:00-09:00", ["21:00", "23:59", "00:00", "08:59"], ["09:00", "12:00", "20:59"]),
        ("01:00-06:30", ["01:00", "06:29"], ["00:59", "06:30", "23:00"]),
        ("", [], ["00:00", "12:00", "23:59"]),
    ],
)
def test_quiet_hours_go_over_midnight_and_may_be_none(hours, quiet, awake):
    settings = Settings(quiet_hours=hours)
    assert [at for at in quiet + awake if settings.is_quiet(time.fromisoformat(at))] == quiet


def test_only_the_shops_sites_and_our_own_address_may_open_the_chat():
    settings = Settings(sites="https://shop.example, https://www.shop.example/", port=8081)
    assert settings.origins == {
        "https://shop.example",
        "https://www.shop.example",
        "http://127.0.0.1:8081",
        "http://localhost:8081",
    }


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path):
    settings = Settings(data_dir=tmp_path / "var")
    first = load_secrets(settings)
    assert load_secrets(settings) == first
    assert stat.S_IMODE((tmp_path / "var/secrets.json").stat().st_mode) == 0o600
    assert len({first.rasa, first.actions, first.codes}) == 3


def test_a_secret_that_a_newer_version_wants_is_added_and_the_others_stay(tmp_path):
    settings = Settings(data_dir=tmp_path)
    first = load_secrets(settings)
    file = tmp_path / "secrets.json"
    older = {name: value for name, value in json.loads(file.read_text()).items() if name != "telegram"}
    file.write_text(json.dumps(older))
    second = load_secrets(settings)
    assert second.telegram != first.telegram and second == load_secrets(settings)
    assert second.model_dump(exclude={"telegram"}) == older
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_wrong_token_is_not_printed():
    with pytest.raises(ValidationError) as refused:
        Settings(telegram_token="12345:secret part")
    assert "secret part" not in str(refused.value)


def test_every_setting_is_documented_and_nothing_else():
    documented = set(
        re.findall(r"^\| `BAREV_(\w+)`", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.M)
    )
    assert documented == {name.upper() for name in Settings.model_fields}
