"""A conversation that a person has goes back into the waiting list, to its old place: its age counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import audit, conversations, handoffs, staff_sessions
from crm_store.errors import NotYours
from crm_store.models import Conversation, Handoff, Staff

LEADS = ("lead", "owner")
"""They see what colleagues have, and may give it back to the queue."""


async def give_back(session: AsyncSession, conversation: Conversation, by: Staff) -> Staff | None:
    """Who has it gives it back; leads and owners also what a colleague has, which is audited.

    Returns that colleague. Raises NotYours.
    """
    conversation = await conversations.locked(session, conversation)
    handoff = await handoffs.open_one(session, conversation)
    if handoff is None or handoff.state != "taken":
        raise NotYours(conversation.public_id)
    if handoff.staff_id == by.id:
        _wait_again(conversation, handoff)
        return None
    if by.role not in LEADS:
        raise NotYours(conversation.public_id)
    return await _taken_from(session, conversation, handoff, by, "handoff.give_back")


async def left_behind(session: AsyncSession) -> Sequence[Conversation]:
    """Conversations of people who are signed in nowhere any more."""
    rows = await session.scalars(
        select(Conversation)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .where(Handoff.state == "taken", Handoff.staff_id.not_in(staff_sessions.present()))
        .order_by(Conversation.id)
    )
    return rows.all()


async def give_back_left(session: AsyncSession, conversation: Conversation) -> Staff | None:
    """Give it back if the person who has it is signed in nowhere any more, audited; returns them."""
    conversation = await conversations.locked(session, conversation)
    handoff = await handoffs.open_one(session, conversation)
    if handoff is None or handoff.state != "taken":
        return None
    here = await session.scalar(staff_sessions.present().where(Staff.id == handoff.staff_id).limit(1))
    return None if here else await _taken_from(session, conversation, handoff, None, "handoff.left")


async def _taken_from(
    session: AsyncSession, conversation: Conversation, handoff: Handoff, by: Staff | None, act: str
) -> Staff:
    person = await session.get_one(Staff, handoff.staff_id)
    _wait_again(conversation, handoff)
    details = {"from": person.public_id}
    await audit.write(session, by, act, subject=conversation.public_id, details=details)
    return person


def _wait_again(conversation: Conversation, handoff: Handoff) -> None:
    handoff.state, handoff.staff_id, handoff.taken_at = "waiting", None, None
    conversation.status = "waiting"
