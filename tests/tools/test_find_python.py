"""Which Python is taken, in which order, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from barev.settings import ROOT

WORKS = '#!/bin/sh\ncat >/dev/null\necho "$0"\n'
"""A Python of the wanted version: it reads the question and names itself."""
BROKEN = '#!/bin/sh\necho "pyenv: command not found" >&2\nexit 127\n'
"""A pyenv shim that exists and does not work."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home and a PATH with the shell's own tools only."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("cat", "dirname", "sh"):
        (tools / name).symlink_to(f"/bin/{name}" if name != "dirname" else "/usr/bin/dirname")
    return tmp_path


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def find(wanted: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "tools" / "find-python", wanted],
        env={"HOME": str(home), "PATH": f"{home}/bin:{home}/tools", "BAREV_UV": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_named_python_comes_first(home: Path) -> None:
    named = program(home / "mine" / "python", WORKS)
    program(home / "bin" / "python3.10", WORKS)
    assert find("3.10", home, PYTHON310=str(named)).stdout.strip() == str(named)


def test_a_named_python_that_does_not_work_is_not_passed_over(home: Path) -> None:
    named = program(home / "mine" / "python", BROKEN)
    program(home / "bin" / "python3.10", WORKS)
    found = find("3.10", home, PYTHON310=str(named))
    assert found.returncode == 1
    assert found.stderr.strip() == f"PYTHON310 is {named}, which is not a working Python 3.10."


def test_a_shim_that_does_not_run_is_passed_over_for_the_version_behind_it(home: Path) -> None:
    program(home / "bin" / "python3.10", BROKEN)
    behind = program(home / ".pyenv" / "versions" / "3.10.13" / "bin" / "python", WORKS)
    program(home / ".pyenv" / "versions" / "3.9.18" / "bin" / "python", WORKS)
    assert find("3.10", home).stdout.strip() == str(behind)


def test_a_working_python_on_the_path_comes_before_pyenvs(home: Path) -> None:
    first = program(home / "bin" / "python3.10", WORKS)
    program(home / ".pyenv" / "versions" / "3.10.13" / "bin" / "python", WORKS)
    assert find("3.10", home).stdout.strip() == str(first)


def test_a_newer_python_serves_where_at_least_one_is_wanted(home: Path) -> None:
    newer = program(home / "bin" / "python3.12", WORKS)
    assert find("3.11+", home).stdout.strip() == str(newer)


def test_uv_is_asked_last_and_then_to_fetch_one(home: Path) -> None:
    fetched = program(home / "uvs" / "python", WORKS)
    uv = program(
        home / "uv",
        f'#!/bin/sh\necho "$*" >> {home}/asked\n'
        f'[ "$2" = install ] && exec touch {home}/fetched\n'
        f"[ -e {home}/fetched ] && echo {fetched}\n",
    )
    (home / "tools" / "touch").symlink_to("/usr/bin/touch")
    found = find("3.10", home, BAREV_UV=str(uv))
    assert found.stdout.strip() == str(fetched)
    assert [line.split()[1] for line in (home / "asked").read_text().splitlines()] == [
        "find",
        "install",
        "find",
    ]


def test_none_at_all_is_one_sentence_and_an_exit_code(home: Path) -> None:
    found = find("3.10", home)
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert "Python 3.10" in found.stderr and "PYTHON310" in found.stderr


@pytest.mark.parametrize(("wanted", "least"), [("3.10", (3, 10)), ("3.11+", (3, 11))])
def test_what_is_found_on_this_machine_is_of_that_version(wanted: str, least: tuple[int, int]) -> None:
    found = subprocess.run(
        [ROOT / "tools" / "find-python", wanted],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    script = "import sys; print(*sys.version_info[:2])"
    answer = subprocess.run(
        [found.stdout.strip(), "-c", script], capture_output=True, text=True, check=True
    ).stdout
    version = tuple(int(part) for part in answer.split())
    assert version == least if wanted == "3.10" else version >= least
