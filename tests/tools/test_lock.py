"""A lock that no longer says what was asked for fails the check, and no lock names a registry."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from barev.settings import ROOT

RESOLVES = """#!/bin/sh
for last; do :; done
while [ "$1" != -o ]; do shift; done
name=$(basename "$2" .txt)
sed "s/$/==1/" "$last" > "$2"
"""
"""A uv that finds version 1 of whatever is asked for."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "lock", tmp_path / "tools")
    uv = tmp_path / ".uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(RESOLVES)
    uv.chmod(0o755)
    (tmp_path / "locks").mkdir()
    for name in ("uv", "dev", "public", "rasa"):
        (tmp_path / "locks" / f"{name}.in").write_text(f"{name}\n")
        (tmp_path / "locks" / f"{name}.txt").write_text(f"{name}==1\n")
    return tmp_path


def lock(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [repository / "tools" / "lock", *options], capture_output=True, text=True, check=False
    )


def test_locks_that_agree_pass_and_stay(repository: Path) -> None:
    done = lock(repository, "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_lock_that_lags_behind_fails_the_check_and_is_made_by_lock(repository: Path) -> None:
    (repository / "locks" / "public.in").write_text("public\nmore\n")
    before = (repository / "locks" / "public.txt").read_text()
    checked = lock(repository, "--check")
    assert checked.returncode == 1
    assert checked.stderr.startswith("lock: locks/public.txt does not match locks/public.in")
    assert (repository / "locks" / "public.txt").read_text() == before
    assert lock(repository).returncode == 0
    assert (repository / "locks" / "public.txt").read_text() == "public==1\nmore==1\n"
    assert lock(repository, "--check").returncode == 0


def test_an_address_in_a_lock_fails(repository: Path) -> None:
    for end in ("in", "txt"):
        (repository / "locks" / f"rasa.{end}").write_text(
            "--index-url\n" if end == "in" else "--index-url==1\n"
        )
    done = lock(repository, "--check")
    assert done.returncode == 1
    assert "no address of a registry" in done.stderr


def test_the_locks_of_this_repository_name_no_registry_and_agree_with_each_other() -> None:
    pins = {
        name: {
            line.split(" ")[0]
            for line in (ROOT / "locks" / f"{name}.txt").read_text().splitlines()
            if "==" in line
        }
        for name in ("public", "dev")
    }
    assert pins["public"] and pins["public"] <= pins["dev"]
    for path in (ROOT / "locks").iterdir():
        assert "://" not in path.read_text(), path
