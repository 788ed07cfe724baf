"""The one small shape that every channel speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Incoming:
    """What a channel took from a shopper. Exactly one of `text` and `button` says something.

    `external_id`: the channel's own id of it; the same one again is taken once. `source`: where it came from, hashed.
    `told`: what it means, where the channel knows that better than Rasa could read it from the text (a command):
    {"intent", "entities"}, or {"reply": name of the response that answers it}. `values`: what else is kept with it.
    """

    external_id: str
    text: str | None = None
    button: str | None = None
    source: str | None = None
    kind: str = "text"
    told: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """Something the shopper may press; the intent it stands for never leaves the house.

    `asks`: what pressing it has the channel send instead of a press: "contact". `level`: of assurance that it was
    offered at; pressed below it, the intent is told without its entities.
    """

    title: str
    intent: str
    entities: dict[str, Any] = field(default_factory=dict)
    asks: str | None = None
    level: int = 0


@dataclass(frozen=True)
class Reply:
    """What Rasa, or the gateway itself, says: a response's name and typed values; the words come from barev.wording.

    `text` is used only where there is no name.
    """

    name: str | None
    values: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    choices: list[dict[str, Any]] = field(default_factory=list)
    card: dict[str, Any] | None = None
