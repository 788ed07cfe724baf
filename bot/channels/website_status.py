"""Who answers a conversation, as its shopper sees it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store import handoffs, handoffs_list
from crm_store.models import Conversation


async def status_of(session: AsyncSession, conversation: Conversation) -> dict[str, Any]:
    """The body of a `status` frame, also part of `welcome`: `queue` while it waits, `agent` while somebody has it."""
    request = await handoffs.open_one(session, conversation) if conversation.status != "bot" else None
    waits = request is not None and request.state == "waiting"
    holder = await handoffs_list.holder(session, request)
    return {
        "status": conversation.status,
        "language": conversation.language,
        "queue": await handoffs_list.position(session, request) if request and waits else None,
        "promised_at": None,
        "agent": holder.name if holder else None,
    }
