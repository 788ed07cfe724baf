"""What tests of stories share: the domain, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def domain() -> Domain:
    """With the responses, which Rasa merges into it from data/."""
    files = [str(ROOT / "data" / folder) for folder in ("stories", "responses")]
    return TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), files
    ).get_domain()
