"""What an agent does that the shopper hears of: beginning, answering, ending. Each inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from barev.masking import mask_cards
from barev.rating import stars
from bot.messages import Reply
from bot.rendering import Rendering
from crm_store import conversations, feedback_help, handoffs
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


async def resolve(
    session: AsyncSession, rendering: Rendering, conversation: Conversation, staff: Staff
) -> None:
    """The bot says that it answers again; who was helped is asked once how it was. Raises NotYours."""
    conversation, handoff = await handoffs.held(session, conversation, staff)
    say = [Reply("utter_bot_resumes", values={"name": staff.name})]
    if await feedback_help.may_be_asked(session, conversation, handoff):
        say.append(Reply("utter_rate_help", **stars(None, about="help")))
    await handoffs.resolve(
        session, conversation, staff, say=await rendering.lines(session, conversation, say)
    )
