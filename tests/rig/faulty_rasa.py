"""Rasa, whose parts fail where a test says (tests/rig/faults.py). Runs in Rasa's environment (Python 3.10).

    python -m tests.rig.faulty_rasa run ...

The parts: "nlu", "policy 1" and "policy 2" (the first or second prediction of a turn), "read" and "write" (the
tracker store). Nothing fails while the file is empty.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from rasa.__main__ import main
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from sqlalchemy.exc import OperationalError

from bot.inside_rasa.entities import EntityFinder
from bot.inside_rasa.trackers import Trackers
from tests.rig.faults import strikes

_turn: ContextVar[dict[str, Any]] = ContextVar("_turn")


class Injected(Exception):
    """What a test asked for."""


def wound() -> None:
    handle, process = MessageProcessor._handle_message_with_tracker, EntityFinder.process
    predict, read, write = RulePolicy.predict_action_probabilities, Trackers._read, Trackers._write

    async def handled(self: Any, message: Any, tracker: Any) -> None:
        _turn.set({"sender": message.sender_id, "predictions": 0})
        await handle(self, message, tracker)

    def processed(self: Any, messages: Any) -> Any:
        turn = _turn.get(None)
        if turn and strikes(turn["sender"], "nlu"):
            raise Injected("nlu")
        return process(self, messages)

    def predicted(self: Any, tracker: Any, *args: Any, **more: Any) -> Any:
        turn = _turn.get(None)
        if turn:
            turn["predictions"] += 1
            if strikes(turn["sender"], f"policy {turn['predictions']}"):
                raise Injected("policy")
        return predict(self, tracker, *args, **more)

    def was_read(self: Any, sender: str) -> Any:
        if strikes(sender, "read"):
            raise OperationalError("SELECT", {}, Exception("injected"))
        return read(self, sender)

    def written(self: Any, tracker: Any) -> None:
        if strikes(tracker.sender_id, "write"):
            raise OperationalError("INSERT", {}, Exception("injected"))
        write(self, tracker)

    MessageProcessor._handle_message_with_tracker = handled
    EntityFinder.process = processed
    RulePolicy.predict_action_probabilities = predicted
    Trackers._read, Trackers._write = was_read, written


if __name__ == "__main__":
    wound()
    main()
