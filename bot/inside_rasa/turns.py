"""One turn as the gateway asks for it, and what was said in it, read from the tracker."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from barev.language import LANGUAGES, without_commands

_intent = re.compile(r"[a-z][a-z0-9_]*")


class BadTurn(ValueError):
    """The request is not a turn; the message says why."""


@dataclass(frozen=True)
class Turn:
    """`text` is what Rasa reads: typed words, or `/intent{...}` for what the gateway itself knows."""

    id: str
    sender: str
    text: str
    language: str
    metadata: dict[str, Any]
    is_told: bool = False


def read_turn(asked: Any) -> Turn:
    """The turn of a request; fields it does not know are left alone. Raises BadTurn."""
    if not isinstance(asked, dict):
        raise BadTurn("a turn is a JSON object")
    for name in ("id", "sender"):
        if not isinstance(asked.get(name), str) or not asked[name]:
            raise BadTurn(f"{name} must be a text")
    if asked.get("language") not in LANGUAGES:
        raise BadTurn("language must be en, hy or ka")
    text, tell = asked.get("text"), asked.get("tell")
    if (text is None) == (tell is None):
        raise BadTurn("exactly one of text and tell must be given")
    metadata = asked.get("metadata")
    return Turn(
        id=asked["id"],
        sender=asked["sender"],
        text=_typed(text) if tell is None else _told(tell),
        language=asked["language"],
        metadata={**(metadata if isinstance(metadata, dict) else {}), "language": asked["language"]},
        is_told=text is None,
    )


def _typed(text: Any) -> str:
    """What a person typed can never be a command: whatever white space and slashes come first are taken off."""
    if not isinstance(text, str):
        raise BadTurn("text must be a text")
    text = without_commands(text)
    if not text:
        raise BadTurn("there is nothing to read in text")
    return text


def _told(tell: Any) -> str:
    """What the gateway itself knows, in Rasa's own short form."""
    intent = tell.get("intent") if isinstance(tell, dict) else None
    if not isinstance(intent, str) or not _intent.fullmatch(intent):
        raise BadTurn("tell must name an intent")
    entities = tell.get("entities") or {}
    if not isinstance(entities, dict):
        raise BadTurn("the entities of tell must be an object")
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")


def part_id(message_id: str, number: int) -> str:
    """The id of a part of a message: the first has the message's own, so that it is found again."""
    return message_id if number == 1 else f"{message_id}/{number}"


def said_after(tracker: DialogueStateTracker, message_id: str) -> list[dict[str, Any]]:
    """What was said to a message, oldest first; nothing when the tracker does not hold it. Of two same questions, one
    after each part, only the later one stays: a form asks again by itself."""
    said: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            said.append(_reply(event))
        elif isinstance(event, UserUttered):
            if event.message_id == message_id:
                return _each_once(said)[::-1]
            if not (event.message_id or "").startswith(f"{message_id}/"):
                said.clear()
    return []


def _each_once(newest_first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [reply for place, reply in enumerate(newest_first) if reply not in newest_first[:place]]


def answer(
    tracker: DialogueStateTracker, asked: Turn, said: list[dict[str, Any]], *, replayed: bool
) -> dict[str, Any]:
    """The answer to the gateway. `turn_end` repeats the id: without it the answer is not whole."""
    intent = next(
        (
            e.intent
            for e in reversed(tracker.events)
            if isinstance(e, UserUttered) and e.message_id == asked.id
        ),
        {},
    )
    return {
        "id": asked.id,
        "replies": said,
        "form": tracker.active_loop_name,
        "intent": {"name": intent.get("name"), "confidence": intent.get("confidence", 0.0)},
        "replayed": replayed,
        "turn_end": asked.id,
    }


def _reply(event: BotUttered) -> dict[str, Any]:
    return {
        "name": event.metadata.get("utter_action"),
        "values": event.metadata.get("values") or {},
        "text": event.text or "",
        "buttons": event.data.get("buttons") or [],
    }
