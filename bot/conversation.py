"""One turn of a conversation: who answers, ask Rasa or leave it to the agent, store what is said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from barev.language import detect, without_commands
from bot import metrics
from bot.messages import Reply
from bot.rasa_client import EmptyTurn, RasaClient, RasaUnavailable, Said
from bot.rendering import Rendering
from bot.sign_in import codes
from crm_store import conversations, conversations_waiting, handoffs_list
from crm_store.conversations import Line
from crm_store.db import Store
from crm_store.models import Conversation, Message

TURNS_PER_SENDER = 25
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
PATIENT_SECONDS = 1.0
"""So long nothing is said about an answer being late: a quick restart is not worth a word."""

UNDERSTOOD_SIGNS = frozenset("👍👌👎🙏❤★⭐🌟")
"""What people answer with instead of a word; any other picture is asked back about."""

RUSSIAN_NAMES = ("английск", "армянск", "грузинск")
"""How Russian names our languages."""

log = structlog.get_logger()


@dataclass
class Turns:
    """Gives messages their turns. `said` is told the conversation's row id after each commit, `moved` those whose
    place in the queue may have changed."""

    store: Store
    rasa: RasaClient
    rendering: Rendering
    patience: float  #: seconds that a message waits for Rasa to come back before the fallback
    said: Callable[[int], None]
    moved: Callable[[int], None]

    async def take(self, conversation_id: int) -> bool:
        """Give the oldest waiting message of a conversation its turn. False when no other one was waiting."""
        async with self.store.read() as session:
            found = await conversations_waiting.next_unanswered(session, conversation_id)
        if found is None:
            return False
        conversation, message, asked = found
        if conversation.status == "agent":
            await self._leave_to_agent(conversation, message)
            return True
        began = time.monotonic()
        known = without_rasa(message)
        said = (
            Said([known], conversation.form, None)
            if known
            else await self._ask(conversation, message, asked=asked)
        )
        if said is None:
            await self._leave_to_agent(conversation, message)
            return True
        if first := codes.said_first(message):
            said = replace(said, replies=[first, *said.replies])
        more = await self._store(conversation, message, said, asked_rasa=known is None)
        metrics.turn_seconds.observe(time.monotonic() - began)
        return more

    async def _ask(self, conversation: Conversation, message: Message, *, asked: str | None) -> Said | None:
        """Ask Rasa until it answers; wait while it is away, fall back when it fails twice or stays away too long.

        None where a person has taken over meanwhile.
        """
        began, pause, failures = time.monotonic(), FIRST_PAUSE, 0
        while True:
            try:
                return await self._once(conversation, message, asked)
            except EmptyTurn as failed:
                failures += 1
                log.warning(
                    "turn failed", conversation=conversation.public_id, seq=message.seq, why=str(failed)
                )
                if failures == 2:
                    return self._fallback(conversation)
            except RasaUnavailable:
                waited = time.monotonic() - began
                if waited > self.patience:
                    return self._fallback(conversation)
                if waited > PATIENT_SECONDS or not self.rasa.has_answered:
                    conversation = await self._tell_late(conversation, message)
                if conversation.status == "agent":
                    return None
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _once(self, conversation: Conversation, message: Message, asked: str | None) -> Said:
        number, _ = sender_number(conversation, message)
        sender = f"{conversation.public_id}.{number}"
        about = {"sender": sender, "message_id": str(message.seq), "language": conversation.language}
        metadata: dict[str, str | None] = {"source": message.source}
        if message.pressed:
            return await self.rasa.tell(
                message.pressed["intent"], message.pressed["entities"], metadata=metadata, **about
            )
        metadata["asked"] = asked  # "5" means something only after a certain question
        return await self.rasa.say(message.text, metadata=metadata, **about)

    def _fallback(self, conversation: Conversation) -> Said:
        metrics.fallbacks.inc()
        return Said([Reply("utter_fallback")], conversation.form, None)

    async def _tell_late(self, conversation: Conversation, message: Message) -> Conversation:
        """Say once, not per message, that the answer is late."""
        name = "utter_delayed" if self.rasa.has_answered else "utter_starting"
        async with self.store.write() as session:
            row = await conversations.locked(session, conversation)
            silent = row.status == "agent" or row.told_delayed_seq >= message.seq
            if not silent:
                (line,) = await self.rendering.lines(session, row, [Reply(name)])
                await conversations.tell(session, row, line, in_reply_to=message.seq)
                row.told_delayed_seq = row.last_seq
        if not silent:
            self.said(row.id)
        return row

    async def _store(self, before: Conversation, message: Message, said: Said, *, asked_rasa: bool) -> bool:
        """Replies, state and answered_seq in one commit; nothing is said if a person took over meanwhile.

        False when nothing newer lay in the conversation: what comes after this commit wakes a worker itself.
        """
        number, turns = sender_number(before, message)
        async with self.store.write() as session:
            conversation = await conversations.locked(session, before)
            if conversation.answered_seq >= message.seq:
                return True  # another gateway was quicker
            if conversation.rasa_number != before.rasa_number and conversation.status != "agent":
                return True  # a person came and went meanwhile: asked again, as what it is now
            more = conversation.last_seq > message.seq
            silent = conversation.status == "agent"
            lines = [] if silent else await self._lines(session, conversation, said.replies)
            await conversations.answer(session, conversation, message, lines)
            if asked_rasa and conversation.rasa_number == before.rasa_number:
                conversation.rasa_number, conversation.rasa_turns = number, turns + 1
                conversation.form, conversation.turn_at = said.form, message.at
            waits_no_more = before.status == "waiting" and conversation.status == "bot"
            moved = await handoffs_list.waiting_conversations(session) if waits_no_more else []
        self.said(before.id)
        for conversation_id in moved:
            self.moved(conversation_id)
        return more

    async def _lines(
        self, session: AsyncSession, conversation: Conversation, replies: Sequence[Reply]
    ) -> list[Line]:
        """The replies in words; where one cannot be put into words, the fallback instead of silence."""
        try:
            return await self.rendering.lines(session, conversation, replies)
        except (KeyError, TypeError, ValueError) as error:
            log.error("an answer could not be worded", conversation=conversation.public_id, exc_info=error)
            metrics.fallbacks.inc()
            return await self.rendering.lines(session, conversation, [Reply("utter_fallback")])

    async def _leave_to_agent(self, before: Conversation, message: Message) -> None:
        async with self.store.write() as session:
            conversation = await conversations.locked(session, before)
            if conversation.status != "agent":
                return  # given back to the bot meanwhile: it answers in the next turn
            await conversations.answer(session, conversation, message, [])
        self.said(before.id)


def without_rasa(message: Message) -> Reply | None:
    """What the gateway answers by itself: its channel knows the answer, a one-time code, nothing to read, Russian."""
    if message.pressed:
        return Reply(message.pressed["reply"]) if "reply" in message.pressed else codes.whole_answer(message)
    if not any(c.isalnum() or c in UNDERSTOOD_SIGNS for c in without_commands(message.text)):
        return Reply("utter_empty")
    if detect(message.text) == "ru" and not _tells_something(message.text):
        return Reply("utter_only_russian")
    return None


def _tells_something(text: str) -> bool:
    """A Russian text may still hold a number, an address, or the name of a language we speak."""
    return any(c.isdigit() or c == "@" for c in text) or any(name in text.lower() for name in RUSSIAN_NAMES)


def sender_number(conversation: Conversation, message: Message) -> tuple[int, int]:
    """Under which number Rasa knows the conversation for this message, and its turns so far.

    A fresh number after 60 idle minutes, or 25 turns with no form open, so that a long conversation costs no more per
    turn. It follows from the message's own time, so asking again asks the same.
    """
    idle = conversation.turn_at is not None and message.at - conversation.turn_at > conversations.FRESH_AFTER
    if idle or (conversation.rasa_turns >= TURNS_PER_SENDER and not conversation.form):
        return conversation.rasa_number + 1, 0
    return conversation.rasa_number, conversation.rasa_turns
