"""`barev staff`: people are let in and out, and no password is an argument."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from barev.cli.main import make_app
from barev.settings import Settings
from crm_store import passwords, staff
from crm_store.db import open_store
from crm_store.models import Staff

WHO = ["--name", "Ani Petrosyan", "--role"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAREV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")


def barev_staff(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(make_app(["staff"]), ["staff", *words], input=typed)


async def member(email: str) -> Staff:
    store = open_store(Settings().database)
    async with store.read() as session:
        found = await staff.find(session, email)
    await store.close()
    assert found
    return found


def test_the_first_owner_gets_a_one_time_password() -> None:
    result = barev_staff("add", "ani@shop.example", *WHO, "owner")
    assert result.exit_code == 0, result.output
    found = re.search(r"one-time password (\S+) within", result.output)
    assert found
    owner = asyncio.run(member("ani@shop.example"))
    assert asyncio.run(passwords.is_right(owner.password_hash, found[1]))
    assert owner.one_time_until is not None


def test_an_agent_gets_the_password_that_is_typed_and_can_be_disabled() -> None:
    result = barev_staff("add", "ani@shop.example", *WHO, "agent", typed="seven slow rivers\n")
    assert result.exit_code == 0, result.output
    assert "seven" not in result.output
    agent = asyncio.run(member("ani@shop.example"))
    assert asyncio.run(passwords.is_right(agent.password_hash, "seven slow rivers"))
    assert barev_staff("disable", "ani@shop.example").exit_code == 0
    assert re.search(r"ani@shop\.example +Ani Petrosyan +agent +en +disabled", barev_staff("list").output)


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (["add", "ani@shop.example", *WHO, "agent"], "short\n", "easy to guess"),
        (["add", "ani@shop.example", *WHO, "agent"], "petrosyan 1990 x\n", "easy to guess"),
        (["add", "no address", *WHO, "agent"], "seven slow rivers\n", "no e-mail address"),
        (["disable", "nobody@shop.example"], "", "Nobody has the address"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(words: list[str], typed: str, why: str) -> None:
    result = barev_staff(*words, typed=typed)
    assert result.exit_code != 0
    assert why in str(result.exception)


def test_an_address_is_there_once() -> None:
    for _ in range(2):
        result = barev_staff("add", "ani@shop.example", *WHO, "agent", typed="seven slow rivers\n")
    assert "is there already" in str(result.exception)


@pytest.mark.parametrize("command", ["add", "disable", "list", "password"])
def test_no_command_takes_a_password_as_an_argument(command: str) -> None:
    shown = barev_staff(command, "--help").output
    assert "Usage:" in shown and "--password" not in shown
