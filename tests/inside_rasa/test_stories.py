"""The quick memory follows the same stories as Rasa's own policy, in any conversation."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from rasa.core import training
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.inside_rasa.stories import Stories

ROOT = Path(__file__).parents[2]
TURNS = {
    "greet": "utter_greet",
    "affirm": "utter_what_next",
    "out_of_scope": "utter_out_of_scope",
    "bot_challenge": "utter_bot_challenge",
    "nlu_fallback": "action_not_understood",
    "thank": "utter_thank",
}


def taught(
    kind: type[AugmentedMemoizationPolicy], domain: Domain, folder: Path
) -> AugmentedMemoizationPolicy:
    config = {**kind.get_default_config(), "max_history": 5}
    context = ExecutionContext(GraphSchema({}))
    policy = kind.create(config, LocalModelStorage(folder), Resource("stories"), context)
    policy.train(training.load_data(str(ROOT / "data" / "stories"), domain, augmentation_factor=0), domain)
    return policy


@pytest.fixture(scope="module")
def both(domain: Domain, tmp_path_factory: pytest.TempPathFactory) -> list[AugmentedMemoizationPolicy]:
    return [
        taught(kind, domain, tmp_path_factory.mktemp("m")) for kind in (AugmentedMemoizationPolicy, Stories)
    ]


def next_action(
    policy: AugmentedMemoizationPolicy, tracker: DialogueStateTracker, domain: Domain
) -> str | None:
    probabilities = policy.predict_action_probabilities(tracker, domain, rule_only_data={}).probabilities
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return domain.action_names_or_texts[best] if probabilities[best] else None


def conversation(intents: list[str], domain: Domain) -> DialogueStateTracker:
    events: list = []
    for intent in intents:
        events += [
            ActionExecuted("action_listen"),
            UserUttered(intent, {"name": intent}),
            ActionExecuted(TURNS[intent]),
        ]
    return DialogueStateTracker.from_events("anna", events[:-1], slots=domain.slots)


def test_it_predicts_what_rasas_own_policy_predicts(
    both: list[AugmentedMemoizationPolicy], domain: Domain
) -> None:
    chance, predicted = random.Random(7), set()
    for _ in range(150):
        tracker = conversation(chance.choices(list(TURNS), k=chance.randint(1, 7)), domain)
        theirs, ours = (next_action(policy, tracker, domain) for policy in both)
        assert ours == theirs
        predicted.add(ours)
    assert {None, "action_hand_off", "utter_what_next", "action_not_understood"} <= predicted


def test_a_story_is_followed_again_later_in_the_same_conversation(
    both: list[AugmentedMemoizationPolicy], domain: Domain
) -> None:
    offered = ["out_of_scope", "affirm", "greet", "thank", "out_of_scope", "affirm"]
    assert next_action(both[1], conversation(offered, domain), domain) == "action_hand_off"
