"""Rasa's default pipeline, and the training of whichever pipeline is measured."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from barev.cli.launch.children import RASA_PYTHON, rasa_environment
from barev.settings import ROOT
from tests.rig.house import House
from tests.rig.processes import with_bytecode

# What `rasa init` of 3.6.21 recommends, word for word, with fewer epochs (it says 100). EntityFinder is ours: without
# it nobody would find order numbers, and the actions would have nothing to do.
DEFAULT = """\
recipe: default.v1
assistant_id: barev
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  constrain_similarities: true
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: {epochs}
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
- name: bot.inside_rasa.entities.EntityFinder
policies:
- name: MemoizationPolicy
- name: RulePolicy
- name: UnexpecTEDIntentPolicy
  max_history: 5
  epochs: {epochs}
- name: TEDPolicy
  max_history: 5
  epochs: {epochs}
  constrain_similarities: true
"""


def default_pipeline(folder: Path, epochs: int) -> Path:
    """A config.yml with Rasa's default pipeline."""
    path = folder / "default.yml"
    path.write_text(DEFAULT.format(epochs=epochs), encoding="utf-8")
    return path


def train(house: House, config: Path) -> tuple[Path, float]:
    """A model of our data with this config, trained from nothing; the file, and the seconds it took."""
    out = house.settings.data_dir / "models"
    command = [
        str(RASA_PYTHON),
        "-m",
        "rasa",
        "train",
        "--config",
        str(config),
        "--domain",
        "domain.yml",
        "--data",
    ]
    command += ["data", "--out", str(out), "--fixed-model-name", "model", "--force"]
    log = house.settings.data_dir / "train.log"
    began = time.monotonic()
    with open(log, "wb") as lines:
        environment = with_bytecode(rasa_environment(house.settings, house.secrets))
        subprocess.run(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines, check=True)
    return out / "model.tar.gz", time.monotonic() - began
