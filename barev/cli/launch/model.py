"""Rasa's model: which files it comes from, where it lies, and its training when one of them has changed."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from barev.cli.errors import Refused
from barev.cli.launch.child import Child, how_it_ended, last_line, run
from barev.cli.launch.children import RASA_PYTHON, rasa_command, rasa_environment
from barev.settings import ROOT, Secrets, Settings

SOURCES = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/inside_rasa",
    "barev/language*.py",
    "barev/latin_profile.json",
    "locks/rasa.txt",
)
"""All that a model is made of. Rasa's own fingerprint knows a component's class only, not what the class calls."""

KEPT = 3
"""So many models stay, the newest: a branch and back is no training, and a year of changes fills no disk."""


def sources(root: Path = ROOT) -> list[Path]:
    """Every file that the model comes from, in a fixed order."""
    found = [path for pattern in SOURCES for path in root.glob(pattern)]
    files = {file for path in found for file in (path.rglob("*") if path.is_dir() else (path,))}
    return sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts)


def fingerprint(root: Path = ROOT) -> str:
    """A hash over the names and contents of the sources: sixteen hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sources(root):
        digest.update(f"{file.relative_to(root)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def model_file(settings: Settings) -> Path:
    """Where the model of the sources as they are now lies, or will lie."""
    return settings.data_dir / "models" / f"{fingerprint()}.tar.gz"


async def train(settings: Settings, secrets: Secrets, *, python: Path = RASA_PYTHON) -> Path:
    """Train the model if it is not there; two who ask at once train it once. Only the newest KEPT stay beside it.

    Raises Refused when Rasa fails; then no file of that name exists.
    """
    target = model_file(settings)
    async with _alone(target.parent):
        if target.exists():
            return target
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="training-") as folder:
            child = _trainer(settings, secrets, Path(folder), python)
            child.log.unlink(missing_ok=True)
            code = await run(child)
            trained = Path(folder, "model.tar.gz")
            if code != 0 or not trained.exists():
                why = f"'rasa train' {how_it_ended(code)}"
                raise Refused(f"The model could not be trained ({why}): {last_line(child.log)} ({child.log})")
            trained.rename(target)
        _clear_away_old(target.parent)
    return target


@contextmanager
def in_use(model: Path) -> Iterator[None]:
    """No training clears this model away before the block ends: Rasa may have to load it again."""
    with open(model, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield


def _clear_away_old(folder: Path) -> None:
    newest_first = sorted(folder.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT:]:
        with open(old, "rb") as held, suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            old.unlink()


def _trainer(settings: Settings, secrets: Secrets, folder: Path, python: Path) -> Child:
    files = ("--config", "config.yml", "--domain", "domain.yml", "--data", "data")
    target = ("--out", str(folder), "--fixed-model-name", "model", "--force")
    command = rasa_command("train", *files, *target, python=python)
    return Child(
        "train", command, rasa_environment(settings, secrets), settings.data_dir / "logs" / "train.log"
    )


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.2)
        yield
