"""The conversation that a desk has on screen: all of it once, then what is new."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import shown
from bot.rendering import Rendering
from crm_store import conversations, handoffs, handoffs_customer, handoffs_list
from crm_store.handoffs_leaving import LEADS
from crm_store.models import Conversation, Handoff, Staff

PAGE = conversations.PAGE


def may_see(staff: Staff, request: Handoff | None) -> bool:
    """Agents see who waits and whom they have taken; leads and owners also whom a colleague has. Nobody sees a
    conversation in which nobody asked for a person."""
    if request is None:
        return False
    return request.state == "waiting" or request.staff_id == staff.id or staff.role in LEADS


def may_open(staff: Staff, request: Handoff | None) -> bool:
    """Whether they may look at the customer whatever the level: who has the conversation, leads and owners always."""
    return request is not None and (request.staff_id == staff.id or staff.role in LEADS)


class View:
    """Keeps what was told last, so that only news are told. `opened`: the agent has opened the customer anyway, which
    lasts until somebody else has the conversation, or nobody."""

    def __init__(self, conversation: Conversation, staff: Staff, rendering: Rendering) -> None:
        self.conversation = conversation
        self.opened = False
        self._staff = staff
        self._rendering = rendering
        self._last_seq = 0
        self._state: dict[str, Any] = {}
        self._card: dict[str, Any] = {}
        self._holder: int | None = None

    async def whole(self, session: AsyncSession, last_seq: int) -> dict[str, Any]:
        """The `conversation` frame, with what came after `last_seq`: at most a page, and `fresh` where that leaves a
        gap, so that the desk forgets what it has."""
        talk, request = await self._rows(session)
        reader = await shown.reader(session, self._rendering, self._staff.language)
        after = min(last_seq, talk.last_seq)
        missed = await conversations.transcript(session, talk, after=after)
        self._last_seq = missed[-1].seq if missed else after
        self._state = await self._state_of(session, talk, request)
        self._holder = request.staff_id if request else None
        known = await handoffs_customer.known(session, talk)
        self._card = reader.card(known)
        return {
            "type": "conversation",
            **self._state,
            "packet": reader.packet(request, known) if request else None,
            "card": self._card,
            "fresh": last_seq == 0 or (bool(missed) and missed[0].seq > last_seq + 1),
            "messages": await shown.lines(session, reader, missed),
        }

    async def news(self, session: AsyncSession, typing: set[tuple[str, int]]) -> list[dict[str, Any]]:
        """Frames about what has changed; a conversation that is out of sight now ends with its last state."""
        talk, request = await self._rows(session)
        frames: list[dict[str, Any]] = []
        state = await self._state_of(session, talk, request)
        if self.opened and (request.staff_id if request else None) != self._holder:
            self.opened, self._card = False, {}
            frames.append({"type": "card", "conversation": talk.public_id, "card": None})
        if may_see(self._staff, request):
            reader = await shown.reader(session, self._rendering, self._staff.language)
            new = await conversations.transcript(session, talk, after=self._last_seq, limit=10 * PAGE)
            for line in await shown.lines(session, reader, new):
                frames.append({"type": "message", "conversation": talk.public_id, **line})
                self._last_seq = line["seq"]
            card = reader.card(await handoffs_customer.known(session, talk))
            if card != self._card and not self.opened:
                self._card = card
                frames.append({"type": "card", "conversation": talk.public_id, "card": card})
            if ("shopper", talk.id) in typing:
                frames.append({"type": "typing", "conversation": talk.public_id})
        self._holder = request.staff_id if request else None
        if state != self._state:
            self._state = state
            frames.append({"type": "state", **state})
        return frames

    async def _rows(self, session: AsyncSession) -> tuple[Conversation, Handoff | None]:
        talk = await session.get_one(Conversation, self.conversation.id)
        return talk, await handoffs.open_one(session, talk)

    async def _state_of(
        self, session: AsyncSession, talk: Conversation, request: Handoff | None
    ) -> dict[str, Any]:
        opens = may_open(self._staff, request)
        holder = await handoffs_list.holder(session, request)
        return {
            "conversation": talk.public_id,
            "state": request.state if request else "over",
            "by": holder.name if holder else None,
            "mine": holder is not None and holder.id == self._staff.id,
            "may": {"give_back": holder is not None and opens, "reveal": opens},
            "language": talk.language,
        }
