"""What every action shares: one transaction, a time limit, acting once, a level, and an apology when it fails."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextvars import ContextVar
from typing import Any

import structlog
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import PERSON, Turn, share_phone
from barev import clock
from crm_store import conversations, handoffs, identity, shop
from crm_store.db import Store
from crm_store.models import ActionRun, Conversation

ACTION_SECONDS = 6.0
"""Longer than any external call (3 s), shorter than the gateway waits for Rasa (15 s)."""

SHARES_CONTACTS = frozenset({"telegram"})
"""Channels whose button can send the shopper's own phone number, which shows who is writing."""

log = structlog.get_logger()
Result = dict[str, list[dict[str, Any]]]
_BEFORE = select(ActionRun).where(
    ActionRun.conversation_id == bindparam("conversation_id"),
    ActionRun.message_id == bindparam("message_id"),
    ActionRun.action == bindparam("action"),
)
_needed: ContextVar[list[str]] = ContextVar("needed")  # of this call: rasa_sdk asks for it three times


class BarevAction(Action, ABC):
    """An action: one store function in one transaction, then responses by name.

    It acts once per message: asked again with the same message id (the gateway retries) it returns what it returned
    before. Where a person has come and gone since, what was done stands but the answer belongs to another talk: it only
    asks what is next. Whatever goes
    wrong ends in `utter_action_failed`, with the slots of its form cleared, and nothing changed.
    """

    called: str
    level = (
        0  #: of assurance, see docs/decisions/0005: below 2 the shopper is asked to show who they are first
    )
    clears: tuple[str, ...] = ()  #: slots of the form that this action answers

    def __init__(self, store: Store, *, sends_mail: bool = False) -> None:
        self.store = store
        self.sends_mail = sends_mail  #: whether this installation has a mail server

    def name(self) -> str:
        return self.called

    @abstractmethod
    async def act(self, turn: Turn) -> None:
        """Call one function of the store and say what came of it."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        try:
            async with asyncio.timeout(ACTION_SECONDS):
                result = await self._once(tracker)
        except Exception as error:
            # Never a 500: Rasa would log the action as done and say nothing.
            log.error(
                "action failed",
                action=self.called,
                sender=tracker.sender_id,
                error=type(error).__name__,
                exc_info=error,
            )
            result = self._apology()
        for response in result["responses"]:
            dispatcher.utter_message(**response)
        return result["events"]

    async def _once(self, tracker: Tracker) -> Result:
        message_id = str(tracker.latest_message.get("message_id") or "")
        async with self.store.write() as session:
            # Held from the start: the same message asked twice at once waits here, and finds what was answered.
            conversation = await conversation_of(session, tracker, lock=True)
            if conversation is None:
                raise LookupError("no such conversation: an unknown sender is nobody")
            run = {"conversation_id": conversation.id, "message_id": message_id, "action": self.called}
            before: ActionRun | None = await session.scalar(_BEFORE, run)
            if before and await handoffs.resolved_since(session, conversation, before.at):
                return {"events": self._cleared(), "responses": [{"response": "utter_what_next"}]}
            if before:
                return before.result
            turn = Turn(session, conversation, tracker)
            if self.level >= 2:
                turn.customer = await identity.confirmed_customer(session, conversation, use=True)
            if self.level >= 2 and turn.customer is None:
                await self._confirm_first(turn)
            else:
                if turn.customer and tracker.active_loop_name == "confirm_form":
                    turn.leave_form()  # shown in another way than the one that the form asks for
                    turn.remember("wanted", None)
                await self.act(turn)
                if self.level:
                    turn.mark_choices(self.level)
                if self.level >= 2:
                    turn.offer_again("set_aside")
            for slot in self.clears:
                turn.remember(slot, None)
            result: Result = {"events": turn.events, "responses": turn.responses}
            session.add(ActionRun(**run, result=result, at=clock.now()))
            return result

    async def _confirm_first(self, turn: Turn) -> None:
        """Ask who is writing; what was wanted is remembered and carried on with after that."""
        if await self.can_send_codes(turn.session):
            if turn.tracker.active_loop_name == "order_form":
                self._set_order_aside(turn)
            turn.remember("wanted", turn.intent)
            turn.events.append(FollowupAction("confirm_form"))
        elif turn.intent and await shares_contacts(turn):
            # A form's next question would take the keyboard away, and the contact for its own answer.
            if turn.tracker.active_loop_name == "order_form":
                self._set_order_aside(turn)
            elif turn.tracker.active_loop_name:
                turn.leave_form()
            turn.say("utter_share_phone", choices=[share_phone(turn.intent)])
        else:
            turn.say("utter_code_cannot_be_sent", choices=[PERSON])

    def _set_order_aside(self, turn: Turn) -> None:
        """Forms do not nest: the order is left for now, and offered again after the answer."""
        number = turn.slot("order_number")
        turn.say("utter_form_set_aside")
        turn.leave_form()
        for slot in ("order_number", "contact"):
            turn.remember(slot, None)
        entities = {"order_number": number} if number else {}
        turn.remember("set_aside", {"intent": "ask_order_status", "entities": entities})

    async def can_send_codes(self, session: AsyncSession) -> bool:
        """By e-mail, or into the mailbox page of the demo shop."""
        the_shop = await shop.the_shop(session)
        return self.sends_mail or (the_shop is not None and the_shop.is_demo)

    def _apology(self) -> Result:
        failed = {"response": "utter_action_failed", "choices": [PERSON]}
        return {"events": self._cleared(), "responses": [failed]}

    def _cleared(self) -> list[dict[str, Any]]:
        return [{"event": "slot", "timestamp": None, "name": slot, "value": None} for slot in self.clears]


class FormCheck(FormValidationAction, ABC):
    """Which slots a form still has to ask for. Rasa sends no domain, so a check names its own slots."""

    called: str
    slots: tuple[str, ...]

    def __init__(self, store: Store, *, sends_mail: bool = False) -> None:
        self.store = store

    def name(self) -> str:
        return self.called

    def domain_slots(self, domain: DomainDict) -> list[str]:
        return list(self.slots)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        _needed.set(await self._look(tracker))
        return await super().run(dispatcher, tracker, domain)

    @abstractmethod
    async def needed(self, session: AsyncSession, conversation: Conversation, tracker: Tracker) -> list[str]:
        """The slots to ask for, in order."""

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> list[str]:
        return _needed.get()

    async def _look(self, tracker: Tracker) -> list[str]:
        try:
            async with asyncio.timeout(ACTION_SECONDS), self.store.read() as session:
                conversation = await conversation_of(session, tracker)
                return await self.needed(session, conversation, tracker) if conversation else list(self.slots)
        except Exception as error:
            # Asking for everything is always right; the action itself decides what may be shown.
            log.error("form check failed", action=self.called, sender=tracker.sender_id, exc_info=error)
            return list(self.slots)


async def shares_contacts(turn: Turn) -> bool:
    """Whether this shopper can show who they are by their phone number."""
    return await conversations.channel_of(turn.session, turn.conversation) in SHARES_CONTACTS


async def conversation_of(
    session: AsyncSession, tracker: Tracker, *, lock: bool = False
) -> Conversation | None:
    """The conversation whose public id begins Rasa's sender ("<public id>.<n>")."""
    return await conversations.by_public_id(session, tracker.sender_id.rpartition(".")[0], lock=lock)
