"""What an agent does that the shopper hears of: beginning, answering, ending. Each inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from barev.masking import mask_cards
from barev.rating import stars
from bot.messages import Reply
from bot.rendering import Rendering
from crm_store import conversations, feedback_help, handoffs, handoffs_leaving
from crm_store.models import Conversation, Message, Staff


async def take(session: AsyncSession, rendering: Rendering, conversation: Conversation, staff: Staff) -> None:
    """The shopper hears once who answers from now on. Raises AlreadyTaken, NotFound."""
    _, new = await handoffs.take(session, conversation, staff)
    if new:
        joined = Reply("utter_person_joined", values={"name": staff.name})
        (line,) = await rendering.lines(session, conversation, [joined])
        await conversations.tell(session, conversation, line, author="system")


async def answer(
    session: AsyncSession, conversation: Conversation, staff: Staff, text: str, *, client_id: str
) -> Message:
    """Stored once, and shown or pushed like every other line; card numbers are masked here too. Raises NotYours."""
    said, _ = await handoffs.answer(session, conversation, staff, mask_cards(text), client_id=client_id)
    return said


async def give_back(
    session: AsyncSession, rendering: Rendering, conversation: Conversation, staff: Staff
) -> None:
    """Into the waiting list again; where somebody else had it, the shopper hears that a colleague will come.

    Raises NotYours.
    """
    person = await handoffs_leaving.give_back(session, conversation, staff)
    if person:
        await _tell_left(session, rendering, conversation, person)


async def give_back_left(session: AsyncSession, rendering: Rendering, conversation: Conversation) -> bool:
    """The same where the person who had it is signed in nowhere any more; whether that was so."""
    person = await handoffs_leaving.give_back_left(session, conversation)
    if person:
        await _tell_left(session, rendering, conversation, person)
    return person is not None


async def _tell_left(
    session: AsyncSession, rendering: Rendering, conversation: Conversation, person: Staff
) -> None:
    left = Reply("utter_person_left", values={"name": person.name})
    (line,) = await rendering.lines(session, conversation, [left])
    await conversations.tell(session, conversation, line, author="system")


async def resolve(
    session: AsyncSession, rendering: Rendering, conversation: Conversation, staff: Staff
) -> None:
    """The bot says that it answers again; who was helped is asked once how it was. Raises NotYours."""
    conversation, handoff = await handoffs.held(session, conversation, staff)
    say = [Reply("utter_bot_resumes", values={"name": staff.name})]
    if await feedback_help.may_be_asked(session, conversation, handoff):
        say.append(Reply("utter_rate_help", **stars(None, handoff=handoff.public_id)))
    await handoffs.resolve(
        session, conversation, staff, say=await rendering.lines(session, conversation, say)
    )
