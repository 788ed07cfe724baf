"""confirm_form, which only an action begins (so that `rasa test` cannot): what the rules do with each answer in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core import training
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

ROOT = Path(__file__).parents[2]
ASKED: list[Event] = [
    ActionExecuted("action_listen"),
    UserUttered("points", {"name": "ask_points_balance"}),
    ActionExecuted("action_points_balance"),
    SlotSet("wanted", "ask_points_balance"),
    ActionExecuted("confirm_form"),
    ActiveLoop("confirm_form"),
    SlotSet("requested_slot", "contact"),
]
"""As the tracker stands when the address has been asked for."""


@pytest.fixture(scope="module")
def rules(domain: Domain, tmp_path_factory: pytest.TempPathFactory) -> RulePolicy:
    config = {**RulePolicy.get_default_config(), "core_fallback_action_name": "action_default_fallback"}
    storage = LocalModelStorage(tmp_path_factory.mktemp("rules"))
    policy = RulePolicy.create(config, storage, Resource("rules"), ExecutionContext(GraphSchema({})))
    policy.train(training.load_data(str(ROOT / "data" / "stories"), domain, augmentation_factor=0), domain)
    return policy


def actions_after(rules: RulePolicy, domain: Domain, intent: str) -> list[str]:
    """What is done, until it listens again, after a message in the form that holds no address."""
    events = [*ASKED, ActionExecuted("action_listen"), UserUttered("…", {"name": intent})]
    done: list[str] = []
    while not done or done[-1] != "action_listen":
        tracker = DialogueStateTracker.from_events("anna", events, slots=domain.slots)
        action = predicted(rules, tracker, domain)
        if action == "confirm_form" and not done and not rejected(events):
            events = [
                *events,
                ActionExecutionRejected("confirm_form"),
            ]  # the form finds nothing in the message
            continue
        done.append(action)
        events = [*events, ActionExecuted(action)]
        if action in ("action_deactivate_loop", "order_form"):
            events.append(ActiveLoop(None if action == "action_deactivate_loop" else action))
            events.append(
                SlotSet("requested_slot", None if action == "action_deactivate_loop" else "order_number")
            )
    return done[:-1]


def rejected(events: list[Event]) -> bool:
    return isinstance(events[-1], ActionExecutionRejected)


def predicted(rules: RulePolicy, tracker: DialogueStateTracker, domain: Domain) -> str:
    probabilities: Any = rules.predict_action_probabilities(tracker, domain).probabilities
    return str(domain.action_names_or_texts[max(range(len(probabilities)), key=probabilities.__getitem__)])


@pytest.mark.parametrize("intent", ["affirm", "nlu_fallback", "inform", "correct_that"])
def test_an_answer_without_an_address_is_explained_and_asked_again(
    rules: RulePolicy, domain: Domain, intent: str
) -> None:
    assert actions_after(rules, domain, intent) == ["action_explain_slot", "confirm_form"]


@pytest.mark.parametrize("intent", ["deny", "goodbye"])
def test_no_ends_the_form(rules: RulePolicy, domain: Domain, intent: str) -> None:
    assert actions_after(rules, domain, intent) == ["action_deactivate_loop", "action_stop_order"]


def test_a_person_is_brought_in(rules: RulePolicy, domain: Domain) -> None:
    assert actions_after(rules, domain, "ask_for_person") == ["action_deactivate_loop", "action_hand_off"]


@pytest.mark.parametrize(
    ("intent", "answer"),
    [
        ("thank", "utter_thank"),
        ("ask_how_to_earn", "action_how_to_earn"),
        ("redeem_points", "utter_person_can_do"),
    ],
)
def test_a_digression_is_answered_and_the_form_asks_again(
    rules: RulePolicy, domain: Domain, intent: str, answer: str
) -> None:
    assert actions_after(rules, domain, intent) == [answer, "confirm_form"]


def test_who_is_known_meanwhile_is_answered_and_asked_no_more(rules: RulePolicy, domain: Domain) -> None:
    """A shared contact: the gateway tells what was wanted, and the action, which knows now, leaves the form."""
    told = [*ASKED, ActionExecuted("action_listen"), UserUttered("", {"name": "ask_points_balance"})]
    tracker = DialogueStateTracker.from_events("anna", told, slots=domain.slots)
    assert predicted(rules, tracker, domain) == "confirm_form"
    told.append(ActionExecutionRejected("confirm_form"))
    tracker = DialogueStateTracker.from_events("anna", told, slots=domain.slots)
    assert predicted(rules, tracker, domain) == "action_points_balance"
    left = [*told, ActionExecuted("action_points_balance"), ActiveLoop(None), SlotSet("requested_slot", None)]
    tracker = DialogueStateTracker.from_events("anna", left, slots=domain.slots)
    assert predicted(rules, tracker, domain) == "action_listen"


@pytest.mark.parametrize("intent", ["ask_order_status", "ask_delivery_time"])
def test_a_question_about_an_order_takes_over_in_words(
    rules: RulePolicy, domain: Domain, intent: str
) -> None:
    assert actions_after(rules, domain, intent) == ["utter_form_set_aside", "order_form"]


def test_with_the_address_a_code_is_sent(rules: RulePolicy, domain: Domain) -> None:
    answered = [
        *ASKED,
        ActionExecuted("action_listen"),
        UserUttered("ani@example.com", {"name": "inform"}),
        SlotSet("contact", "ani@example.com"),
        ActionExecuted("confirm_form"),
        SlotSet("requested_slot", None),
        ActiveLoop(None),
    ]
    tracker = DialogueStateTracker.from_events("anna", answered, slots=domain.slots)
    assert predicted(rules, tracker, domain) == "action_send_code"
