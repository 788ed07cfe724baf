"""What a response says. Rasa's own generator, with the language of the turn and the values beside the text.

The gateway renders name and values itself, with plurals and dates of the language; the text made here is what
`rasa shell` shows and what is sent where the gateway knows no such response.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from barev.language import LANGUAGES, detect

_NOT_VALUES = frozenset(
    {
        "text",
        "buttons",
        "elements",
        "custom",
        "template",
        "response",
        "image",
        "attachment",
        "domain_responses",
    }
)
"""What rasa-sdk's `utter_message` and Rasa itself always send along; every other keyword argument is a value."""

_slot = re.compile(r"{(\w+)}")


class Wording(TemplatedNaturalLanguageGenerator):
    """Picks the variation of the turn's language; what it returns holds `values` as well as text and buttons."""

    def __init__(self, endpoint_config: Any = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **given: Any
    ) -> dict[str, Any] | None:
        slots = {**tracker.current_slot_values(), "language": language_of(tracker)}
        return self.generate_from_slots(utter_action, slots, output_channel, **given)

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **given: Any
    ) -> dict[str, Any]:
        """Only the text has places to fill: a button's payload may hold braces of its own."""
        slots = filled_slots or {}
        values = {name: value for name, value in given.items() if name not in _NOT_VALUES}
        text = response.get("text") or ""
        for name in _slot.findall(text):
            if name not in values and slots.get(name) is not None:
                values[name] = slots[name]
        language = str(slots.get("language"))
        response["text"] = _slot.sub(lambda match: self._flat(values.get(match[1]), language), text)
        response["values"] = values
        return response

    def _flat(self, value: Any, language: str) -> str:
        """A typed value as `rasa shell` shows it; the gateway does it properly."""
        if not isinstance(value, dict):
            return "" if value is None else str(value)
        if "word" in value:
            return self._word(f"utter_word_{value['word']}", language, value.get("values") or {})
        if "list" in value:
            return ", ".join(self._flat(item, language) for item in value["list"])
        if "lines" in value:
            return "\n".join(self._flat(item, language) for item in value["lines"])
        if "texts" in value:
            return str(value["texts"].get(language) or next(iter(value["texts"].values()), ""))
        if "money" in value:
            return f"{value['money']} {value.get('currency', '')}".strip()
        return str(next(iter(value.values()), ""))

    def _word(self, name: str, language: str, values: dict[str, Any]) -> str:
        word = self.generate_from_slots(name, {"language": language}, "", **values)
        return word["text"] if word else name


def language_of(tracker: DialogueStateTracker) -> str:
    """The language the gateway sends with every turn; without a gateway that of the latest message that shows one."""
    latest = tracker.latest_message
    given = ((latest and latest.metadata) or {}).get("language")
    if given in LANGUAGES:
        return str(given)
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.text and not event.text.startswith("/"):
            seen = detect(event.text)
            if seen in LANGUAGES:
                return str(seen)
    return "en"
