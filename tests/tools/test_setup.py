"""What set-up does and leaves alone, in a small repository whose uv only writes down what it is asked."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from barev.settings import ROOT

PYTHON = "#!/bin/sh\nexit 0\n"
UV = """#!/bin/sh
echo "$*" >> asked
for last; do :; done
case "$*" in
    venv*) mkdir -p "$last/bin" && cp python "$last/bin/python" ;;
    *--editable*) cp python .venv/bin/barev ;;
    *sync*) [ ! -e broken ] ;;
esac
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone in which uv is there already and each Python is found."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup", tmp_path / "tools")
    program(tmp_path / "tools" / "find-python", '#!/bin/sh\necho "$1" >> looked-for\necho /bin/true\n')
    program(tmp_path / "python", PYTHON)
    program(tmp_path / ".uv" / "bin" / "python", PYTHON)
    program(tmp_path / ".uv" / "bin" / "uv", UV)
    (tmp_path / "locks").mkdir()
    for name in ("uv", "dev", "public", "rasa"):
        (tmp_path / "locks" / f"{name}.txt").write_text(f"{name}==1\n")
    shutil.copy(tmp_path / "locks" / "uv.txt", tmp_path / ".uv" / "installed.txt")
    return tmp_path


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def set_up(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [repository / "tools" / "setup", *options], capture_output=True, text=True, check=False, cwd="/"
    )


def synced(repository: Path) -> list[str]:
    """The locks that uv was asked to install since the last look."""
    asked = repository / "asked"
    lines = asked.read_text().splitlines() if asked.exists() else []
    asked.unlink(missing_ok=True)
    return [line.split()[-1] for line in lines if "sync" in line]


def test_a_fresh_clone_gets_both_environments_and_the_project(repository: Path) -> None:
    done = set_up(repository)
    assert done.returncode == 0, done.stderr
    assert synced(repository) == ["locks/dev.txt", "locks/rasa.txt"]
    assert (repository / ".venv" / "bin" / "barev").exists()


def test_nothing_is_done_again_while_the_locks_stay(repository: Path) -> None:
    set_up(repository)
    synced(repository)
    again = set_up(repository)
    assert (again.returncode, again.stdout, synced(repository)) == (0, "", [])


def test_a_changed_lock_is_installed_and_only_that_one(repository: Path) -> None:
    set_up(repository)
    synced(repository)
    (repository / "locks" / "rasa.txt").write_text("rasa==2\n")
    set_up(repository)
    assert synced(repository) == ["locks/rasa.txt"]


def test_an_interrupted_installation_is_done_again(repository: Path) -> None:
    (repository / "broken").touch()
    failed = set_up(repository)
    assert failed.returncode == 1
    assert failed.stderr == "setup: .venv could not be filled; see above.\n"
    synced(repository)
    (repository / "broken").unlink()
    assert set_up(repository).returncode == 0
    assert synced(repository) == ["locks/dev.txt", "locks/rasa.txt"]


def test_a_plain_installation_leaves_out_what_only_tests_need(repository: Path) -> None:
    set_up(repository, "--plain")
    assert synced(repository) == ["locks/public.txt", "locks/rasa.txt"]
    set_up(repository)
    assert synced(repository) == ["locks/dev.txt"]
    set_up(repository, "--plain")
    assert synced(repository) == []


def test_a_missing_python_3_10_is_heard_of_before_anything_is_installed(repository: Path) -> None:
    missing = '#!/bin/sh\n[ "$1" = 3.10 ] && echo "Barev needs Python 3.10" >&2 && exit 1\necho /bin/true\n'
    program(repository / "tools" / "find-python", missing)
    done = set_up(repository)
    assert done.returncode == 1
    assert done.stderr == "Barev needs Python 3.10\n"
    assert not (repository / "asked").exists() and not (repository / ".venv").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(repository: Path) -> None:
    set_up(repository)
    synced(repository)
    program(repository / ".venv-rasa" / "bin" / "python", "#!/bin/sh\nexit 127\n")
    assert set_up(repository).returncode == 0
    assert synced(repository) == ["locks/rasa.txt"]
