"""The one intent component, for all languages: what a message is about, and whether we may believe it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.inside_rasa.asked import in_its_place
from bot.inside_rasa.details import Detail, find
from bot.inside_rasa.lessons import plain, teach
from bot.inside_rasa.ratings import is_lone_number
from bot.inside_rasa.understanding import Understanding
from bot.inside_rasa.vectors import embedder

FALLBACK = "nlu_fallback"
RANKING = 6
"""How many intents are kept: enough to suggest from, and the tracker stays small."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent, IntentClassifier):
    """Sets intent and intent_ranking. Details alone are `inform`; below the threshold it is `nlu_fallback`."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, understanding: Understanding | None = None
    ) -> None:
        self._storage, self._resource = storage, resource
        self.understanding = understanding

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentReader:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> IntentReader:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Understanding.load(folder))

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa looks at this class only; a change in any file it uses must train again, and so must vectors that are
        there now and were not before, or the other way round."""
        digest = hashlib.sha256(b"vectors" if embedder() else b"words alone")
        for path in fingerprinted_files():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            (str(m.get(TEXT)), str(m.get(INTENT))) for m in training_data.intent_examples if m.get(TEXT)
        ]
        self.understanding = teach([text for text, _ in examples], [intent for _, intent in examples])
        with self._storage.write_to(self._resource) as folder:
            self.understanding.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            asked = (message.get(METADATA) or {}).get("asked")
            ranking = self.read(message.get(TEXT) or "", asked)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def read(self, text: str, asked: str | None = None) -> list[dict[str, Any]]:
        """The ranking of intents; what counts is the first. `asked`: the response that was said last."""
        details = find(text)
        certain = _nothing_but(text, details)
        ranking = [{"name": certain, "confidence": 1.0}] if certain else self._rank(text, details)
        sure = certain is not None
        lone_rating = sure and {detail.entity for detail in details} == {"rating"}
        return in_its_place(ranking, text, asked, lone_rating=lone_rating, sure=sure)

    def _rank(self, text: str, details: list[Detail]) -> list[dict[str, Any]]:
        ranked, sure = self.understanding.read(plain(text, details)) if self.understanding else ([], False)
        ranking = [{"name": name, "confidence": likely} for name, likely in ranked[:RANKING]]
        if not sure:
            return [{"name": FALLBACK, "confidence": 1.0 - (ranked[0][1] if ranked else 0.0)}, *ranking]
        return ranking


def _nothing_but(text: str, details: list[Detail]) -> str | None:
    """A message that only gives details, with punctuation at most, needs no model."""
    if not details:
        return None
    rest = text
    for detail in reversed(details):
        rest = rest[: detail.start] + rest[detail.end :]
    if any(letter.isalnum() for letter in rest):
        return None
    if all(detail.entity == "language" for detail in details):
        return "change_language"
    stars = [d for d in details if d.entity == "rating" and not is_lone_number(text[d.start : d.end])]
    return "give_feedback" if stars else "inform"


def fingerprinted_files() -> list[Path]:
    """This package, and what it takes from barev."""
    here = Path(__file__).parent
    barev = here.parents[1] / "barev"
    return [*sorted(here.glob("*.py")), barev / "language.py", barev / "latin_profile.json"]
