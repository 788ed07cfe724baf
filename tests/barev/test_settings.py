"""Settings that are wrong are refused at start-up; secrets are made once and kept for their owner only."""

import re
import stat

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
    ],
)
def test_a_wrong_setting_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_the_gateway_is_on_loopback_until_a_public_address_is_set():
    assert Settings(public_url="").host == "127.0.0.1"
    assert Settings(public_url="https://chat.shop.example").host == "0.0.0.0"


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


def test_every_setting_is_documented_and_nothing_else():
    documented = set(re.findall(r"^\| `BAREV_(\w+)`", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.M))
    assert documented == {name.upper() for name in Settings.model_fields}
