"""A person instead of the bot: asked for once, taken by exactly one, answered, and given back to the bot.

Giving back to the waiting list: handoffs_leaving.

`bot → waiting → agent → bot`: the conversation's status and its open request change together, under the
conversation's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from barev import clock
from crm_store import conversations, conversations_episodes, identity, loyalty, orders
from crm_store.conversations import WAITING_LINES, Line
from crm_store.errors import AlreadyTaken, NotFound, NotYours
from crm_store.models import Conversation, Customer, Handoff, Message, Staff

WORDS = 10
"""So many of the latest messages go into the packet."""


async def open_one(session: AsyncSession, conversation: Conversation) -> Handoff | None:
    """The request of this conversation that waits or is with a person."""
    return await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation.id, Handoff.state.in_(("waiting", "taken")))
        .execution_options(populate_existing=True)
    )


async def ask(session: AsyncSession, conversation: Conversation, *, reason: str) -> tuple[Handoff, bool]:
    """Put the conversation into the waiting list, with its packet; asked again, the first request stands.

    Returns the request and whether it is new.
    """
    conversation = await conversations.locked(session, conversation)
    waiting = await open_one(session, conversation)
    if waiting:
        return waiting, False
    episode = await conversations_episodes.going_on(session, conversation)
    handoff = Handoff(
        conversation_id=conversation.id,
        episode_id=episode.id,
        reason=reason,
        packet=await _packet(session, conversation, reason),
        language=conversation.language,
        asked_at=clock.now(),
        seen_seq=conversation.answered_seq,
    )
    session.add(handoff)
    conversation.status = "waiting"
    await session.flush()
    return handoff, True


async def take(session: AsyncSession, conversation: Conversation, staff: Staff) -> tuple[Handoff, bool]:
    """Give the conversation that waits to this member of staff: of many who ask at once exactly one gets it.

    Returns the request and whether it was taken just now; who has it already is told so again. Raises AlreadyTaken
    (naming who was quicker), NotFound where nobody waits.
    """
    conversation = await conversations.locked(session, conversation)
    handoff = await open_one(session, conversation)
    if handoff is None:
        raise NotFound("handoff")
    if handoff.state == "waiting":
        handoff.state, handoff.staff_id, handoff.taken_at = "taken", staff.id, clock.now()
        conversation.status = "agent"
        return handoff, True
    if handoff.staff_id != staff.id:
        raise AlreadyTaken((await session.get_one(Staff, handoff.staff_id)).name)
    return handoff, False


async def answer(
    session: AsyncSession, conversation: Conversation, staff: Staff, text: str, *, client_id: str
) -> tuple[Message, bool]:
    """What the person who has the conversation says; the same client id again is a no-op, also after the end.

    Returns the message and whether it is new. Raises NotYours.
    """
    conversation = await conversations.locked(session, conversation)
    external_id = f"desk:{client_id}"
    said = await session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id,
            Message.external_id == external_id,
            Message.staff_id == staff.id,
        )
    )
    if said:
        return said, False
    conversation, _ = await held(session, conversation, staff)
    message = await conversations.tell(session, conversation, Line(text), author="agent")
    message.staff_id, message.external_id = staff.id, external_id
    await session.flush()
    return message, True


async def see(session: AsyncSession, conversation: Conversation, staff: Staff, *, seq: int) -> None:
    """The person who has the conversation has looked at it up to this message. Raises NotYours."""
    conversation, handoff = await held(session, conversation, staff)
    handoff.seen_seq = max(handoff.seen_seq, min(seq, conversation.last_seq))


async def resolve(
    session: AsyncSession, conversation: Conversation, staff: Staff, *, say: Sequence[Line]
) -> Handoff:
    """Done: the bot answers again, says these lines, and remembers no form it was in; the episode ends.

    Raises NotYours.
    """
    conversation, handoff = await held(session, conversation, staff)
    handoff.state, handoff.resolved_at = "resolved", clock.now()
    conversation.status = "bot"
    conversation.rasa_number += 1
    conversation.rasa_turns, conversation.form = 0, None
    for line in say:
        await conversations.tell(session, conversation, line)
    await conversations_episodes.end_episode(session, conversation)
    return handoff


async def withdraw(session: AsyncSession, conversation: Conversation) -> Handoff | None:
    """The shopper waits no more, and the bot goes on; None where nobody waits, or a person has come already."""
    conversation = await conversations.locked(session, conversation)
    handoff = await open_one(session, conversation)
    if handoff is None or handoff.state != "waiting":
        return None
    handoff.state, handoff.resolved_at = "withdrawn", clock.now()
    conversation.status = "bot"
    return handoff


async def last_resolved(
    session: AsyncSession, conversation: Conversation, *, public_id: str | None = None
) -> Handoff | None:
    """The latest time a person has helped here, or the one with this public id."""
    resolved = select(Handoff).where(Handoff.conversation_id == conversation.id, Handoff.state == "resolved")
    if public_id:
        resolved = resolved.where(Handoff.public_id == public_id)
    return await session.scalar(resolved.order_by(Handoff.id.desc()).limit(1))


async def resolved_since(session: AsyncSession, conversation: Conversation, at: datetime) -> bool:
    """Whether a person has come and gone since then."""
    resolved = await last_resolved(session, conversation)
    return resolved is not None and resolved.resolved_at is not None and resolved.resolved_at >= at


async def was_answered(session: AsyncSession, conversation: Conversation, *, seq: int) -> bool:
    """Whether the person who helped here last had this message before them from the start."""
    resolved = await last_resolved(session, conversation)
    return resolved is not None and int(resolved.packet["last_seq"]) >= seq


async def held(
    session: AsyncSession, conversation: Conversation, staff: Staff
) -> tuple[Conversation, Handoff]:
    """A conversation that this member of staff has, locked, and its request. Raises NotYours."""
    conversation = await conversations.locked(session, conversation)
    handoff = await open_one(session, conversation)
    if handoff is None or handoff.state != "taken" or handoff.staff_id != staff.id:
        raise NotYours(conversation.public_id)
    return conversation, handoff


async def _packet(session: AsyncSession, conversation: Conversation, reason: str) -> dict[str, Any]:
    """What the agent reads first: the shopper's own words, what the assistant tried, what is known and how surely."""
    recent = await conversations.transcript(session, conversation, limit=WORDS)
    seen = await orders.shown(session, conversation)
    return {
        "reason": reason,
        "language": conversation.language,
        "level": await identity.level(session, conversation),
        "words": [line.text for line in recent if line.author == "shopper"],
        "tried": [
            {"name": line.name, "values": line.values}
            for line in recent
            if line.author == "bot" and line.name and line.name not in WAITING_LINES
        ],
        "orders": [{"number": order.number, "status": order.status} for order in seen],
        "points": await _points(session, conversation),
        "last_seq": recent[-1].seq if recent else 0,
    }


async def _points(session: AsyncSession, conversation: Conversation) -> int | None:
    """The points the customer can spend, as far as the conversation has shown who it is; the desk hides them below
    level 2."""
    known = [held.customer_id for held in await identity.assurances(session, conversation)]
    customer = await session.get(Customer, known[-1]) if known else None
    return (await loyalty.balance(session, customer)).available if customer else None
