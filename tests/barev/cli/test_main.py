"""Every command explains itself, and fails in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from barev.cli.errors import Refused, sentence
from barev.cli.main import COMMANDS, make_app
from barev.settings import ROOT, Settings


def barev(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "barev.cli", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_page_with_a_sentence(command: str) -> None:
    result = CliRunner().invoke(make_app(), [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
    described = getattr(import_module(f"barev.cli.{command}"), command).__doc__
    assert " ".join(described.split()[:4]) in " ".join(result.output.split())


def test_the_first_page_lists_every_command() -> None:
    page = CliRunner().invoke(make_app(), ["--help"]).output
    assert all(f" {command} " in page for command in COMMANDS)


def test_an_unknown_command_is_an_exit_code() -> None:
    assert CliRunner().invoke(make_app(), ["fly"]).exit_code == 2


def test_a_wrong_setting_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    ended = barev("up", BAREV_DATA_DIR=str(tmp_path), BAREV_PORT="eighty")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("barev: BAREV_PORT: ")
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    ended = barev("--debug", "up", BAREV_DATA_DIR=str(tmp_path), BAREV_PORT="eighty")
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr


def test_what_nobody_foresaw_is_one_line_with_its_name() -> None:
    assert sentence(KeyError("two\nlines")) == (
        "KeyError: 'two\\nlines'. Run it again with 'barev --debug ...' to see where."
    )
    assert (
        sentence(PermissionError(13, "Permission denied", "/var/barev")) == "/var/barev: Permission denied."
    )
    assert sentence(Refused("Port 1 is in use.")) == "Port 1 is in use."


def test_a_setting_whose_own_sentence_names_it_is_not_named_twice() -> None:
    with pytest.raises(ValueError, match="must differ") as refused:
        Settings(port=5005)
    assert sentence(refused.value) == "BAREV_PORT, BAREV_RASA_PORT and BAREV_ACTIONS_PORT must differ."
