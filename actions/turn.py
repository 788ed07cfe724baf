"""One turn as an action sees it: who speaks, what was understood, and what is said and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.interfaces import Tracker
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.models import Conversation, Customer


@dataclass
class Turn:
    """The session and the conversation of a turn, Rasa's tracker, and what the action answers."""

    session: AsyncSession
    conversation: Conversation
    tracker: Tracker
    customer: Customer | None = None  #: who is confirmed to write, for actions of level 2
    events: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        name: str,
        *,
        card: dict[str, Any] | None = None,
        choices: list[dict[str, Any]] | None = None,
        **values: Any,
    ) -> None:
        """Say a response by name with typed values (docs/responses.md); the gateway renders it."""
        more = {key: value for key, value in (("card", card), ("choices", choices)) if value}
        self.responses.append({"response": name, **values, **more})

    def remember(self, slot: str, value: Any) -> None:
        """Set a slot of Rasa's; None forgets it."""
        self.events.append(SlotSet(slot, value))

    def leave_form(self) -> None:
        """The shopper has begun something else: the open form, if one is, asks no more."""
        self.events += [ActiveLoop(None), SlotSet("requested_slot", None)]

    def mark_choices(self, level: int) -> None:
        """What was said so far is for this level only: below it a press says what is wanted, and nothing more."""
        for response in self.responses:
            if "choices" in response:
                response["choices"] = [{**button, "level": level} for button in response["choices"]]

    def offer_again(self, slot: str) -> None:
        """Offer under the answer what was left for it: an intent, or one with its entities, in this slot."""
        left = self.slot(slot)
        if not left or not self.responses:
            return
        what = left if isinstance(left, dict) else {"intent": left, "entities": {}}
        button = choice(f"utter_intent_{what['intent']}", what["intent"], what["entities"])
        answer = self.responses[-1]
        answer["choices"] = [*answer.get("choices", []), button]
        self.remember(slot, None)

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    def entity(self, name: str) -> str | None:
        """The first entity of this name in the message."""
        return next(self.tracker.get_latest_entity_values(name), None)

    @property
    def who(self) -> Customer:
        """The confirmed customer; only actions of level 2 and more may ask."""
        if self.customer is None:
            raise PermissionError("nobody is confirmed to write here")
        return self.customer

    @property
    def intent(self) -> str | None:
        return (self.tracker.latest_message.get("intent") or {}).get("name")

    @property
    def seq(self) -> int | None:
        """Of the shopper's message that this turn answers; None outside the gateway (`rasa shell`)."""
        id_ = str(self.tracker.latest_message.get("message_id") or "").partition("/")[
            0
        ]  # one part of it, maybe
        return int(id_) if id_.isdecimal() else None

    @property
    def source(self) -> str:
        """Where the message came from, as the gateway counts guesses: a hash, never an address."""
        return str(
            (self.tracker.latest_message.get("metadata") or {}).get("source") or self.conversation.public_id
        )


def choice(
    name: str, intent: str, /, entities: dict[str, Any] | None = None, **values: Any
) -> dict[str, Any]:
    """A button by the name of its title."""
    return {"name": name, "intent": intent, "entities": entities or {}, "values": values}


def day(moment: datetime) -> dict[str, str]:
    """The typed value of the day of a moment, in the shop's time zone."""
    return {"day": moment.isoformat()}


def share_phone(wanted: str) -> dict[str, Any]:
    """A button that shares the shopper's own number; once that has shown who they are, `wanted` is carried on with."""
    return {**choice("utter_button_share_phone", wanted), "asks": "contact"}


PERSON = choice("utter_button_talk_to_person", "ask_for_person")
