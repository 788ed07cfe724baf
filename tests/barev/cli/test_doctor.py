"""`barev doctor` says what stands in the way, and asks the running parts with the real secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from actions.app import make_app
from barev.cli import doctor
from barev.cli.errors import Refused
from barev.cli.launch import database
from barev.settings import Settings, load_secrets
from crm_store.db import open_store
from tests.rig.ports import free_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, port=free_port(), rasa_port=free_port(), actions_port=free_port())


async def test_an_action_is_called_with_the_secret_of_this_installation(settings: Settings) -> None:
    await database.prepare(settings)
    secrets, store = load_secrets(settings), open_store(settings.database)
    async with TestServer(make_app(store, secret=secrets.actions), port=settings.actions_port):
        assert "was carried out" in await doctor.actions(settings, secrets)
        with pytest.raises(Refused, match="answered 401"):
            await doctor.actions(settings, secrets.model_copy(update={"actions": "x" * 32}))
    await store.close()
    assert "not running" in await doctor.actions(settings, secrets)


async def test_another_program_on_rasas_port_is_not_taken_for_rasa(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "CALL_SECONDS", 0.2)
    async with TestServer(web.Application(), port=settings.rasa_port):
        with pytest.raises(Refused, match="got no answer"):
            await doctor.rasa(settings, load_secrets(settings))


async def test_secrets_that_others_can_read_are_told(settings: Settings) -> None:
    secrets = load_secrets(settings)
    assert "its owner only" in await doctor.secrets_are_ours(settings, secrets)
    (settings.data_dir / "secrets.json").chmod(0o644)
    with pytest.raises(Refused, match="mode 0644"):
        await doctor.secrets_are_ours(settings, secrets)


async def test_a_database_is_looked_at_and_not_made(settings: Settings) -> None:
    secrets = load_secrets(settings)
    with pytest.raises(Refused, match="is empty"):
        await doctor.tables(settings, secrets)
    assert not (settings.data_dir / "barev.db").exists()
    await database.prepare(settings)
    assert "at this version" in await doctor.tables(settings, secrets)


async def test_a_missing_model_is_told(settings: Settings) -> None:
    with pytest.raises(Refused, match="train it with 'barev train'"):
        await doctor.trained(settings, load_secrets(settings))
