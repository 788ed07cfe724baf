"""The model is trained when something that it is made of has changed, whole or not at all."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from barev.cli.errors import Refused
from barev.cli.launch import model
from barev.settings import Secrets, Settings
from tests.barev.cli.launch.fakes import is_alive, until

SECRETS = Secrets(**{name: name[0] * 32 for name in Secrets.model_fields})
TRAINS = """#!/bin/sh
echo trained >> {folder}/trainings
while [ "$1" != --out ]; do shift; done
echo model > "$2/model.tar.gz"
"""
FAILS = "#!/bin/sh\necho 'YamlException: line 3 of domain.yml' >&2\nexit 1\n"
SAYS_NOTHING = "#!/bin/sh\nexit 0\n"
TAKES_LONG = "#!/bin/sh\necho $$ > {folder}/pid\nsleep 60\n"


def program(folder: Path, text: str) -> Path:
    path = folder / "python"
    path.write_text(text.format(folder=folder))
    path.chmod(0o755)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository as far as the model is concerned."""
    for name in (
        "config.yml",
        "data/nlu/en/orders.yml",
        "bot/inside_rasa/nlg.py",
        "barev/language.py",
        "barev/clock.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "data/nlu/en/orders.yml", "bot/inside_rasa/nlg.py", "barev/language.py"]
)
def test_a_changed_source_is_another_model(name: str, root: Path) -> None:
    before = model.fingerprint(root)
    (root / name).write_text("changed")
    assert model.fingerprint(root) != before


def test_a_renamed_source_is_another_model(root: Path) -> None:
    before = model.fingerprint(root)
    (root / "data/nlu/en/orders.yml").rename(root / "data/nlu/en/others.yml")
    assert model.fingerprint(root) != before


def test_what_the_model_is_not_made_of_changes_nothing(root: Path) -> None:
    before = model.fingerprint(root)
    (root / "barev/clock.py").write_text("changed")
    (root / "bot/inside_rasa/__pycache__").mkdir()
    (root / "bot/inside_rasa/__pycache__/nlg.pyc").write_text("made by Python")
    assert model.fingerprint(root) == before


async def test_two_who_ask_at_once_train_once(tmp_path: Path) -> None:
    settings, python = Settings(data_dir=tmp_path / "var"), program(tmp_path, TRAINS)
    paths = await asyncio.gather(*(model.train(settings, SECRETS, python=python) for _ in range(2)))
    assert paths == [model.model_file(settings)] * 2
    assert paths[0].read_text() == "model\n"
    assert (tmp_path / "trainings").read_text() == "trained\n"


async def test_the_newest_three_models_stay_and_any_that_is_in_use(tmp_path: Path) -> None:
    settings, python = Settings(data_dir=tmp_path / "var"), program(tmp_path, TRAINS)
    folder = model.model_file(settings).parent
    folder.mkdir(parents=True)
    for day, name in enumerate(("in-use", "older", "old", "new", "newer")):
        (folder / f"{name}.tar.gz").write_text("model")
        os.utime(folder / f"{name}.tar.gz", (day, day))
    with model.in_use(folder / "in-use.tar.gz"):
        trained = await model.train(settings, SECRETS, python=python)
    left = {path.name for path in folder.glob("*.tar.gz")}
    assert left == {trained.name, "newer.tar.gz", "new.tar.gz", "in-use.tar.gz"}


@pytest.mark.parametrize(("script", "sentence"), [(FAILS, "line 3 of domain.yml"), (SAYS_NOTHING, "code 0")])
async def test_a_failed_training_is_a_sentence_and_leaves_no_model(
    script: str, sentence: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with pytest.raises(Refused, match=sentence):
        await model.train(settings, SECRETS, python=program(tmp_path, script))
    assert [path.name for path in (tmp_path / "var" / "models").iterdir()] == [".lock"]


async def test_a_training_that_is_interrupted_ends_with_all_it_started(tmp_path: Path) -> None:
    settings, noted = Settings(data_dir=tmp_path / "var"), tmp_path / "pid"
    training = asyncio.create_task(model.train(settings, SECRETS, python=program(tmp_path, TAKES_LONG)))
    await until(lambda: noted.exists() and noted.read_text())
    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training
    assert not is_alive(int(noted.read_text()))
    assert [path.name for path in (tmp_path / "var" / "models").iterdir()] == [".lock"]
