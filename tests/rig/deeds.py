"""What Barev has really done for a shopper, as the store holds it; and what it said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.sign_in import visitors
from crm_store.db import open_store
from crm_store.models import ActionRun, Assurance, Conversation, Handoff, Order
from tests.rig.checker import NOTICES, Event
from tests.rig.house import House
from tests.rig.swarm import Shopper

APOLOGIES = frozenset({"utter_fallback", "utter_action_failed", "utter_default"})


@dataclass(frozen=True)
class Deeds:
    """Counts of one conversation: action runs by (seq of the message, action), grants by order number, handoffs."""

    conversation: Conversation
    runs: Counter[tuple[int, str]]
    orders_shown: Counter[str]
    handoffs: int


async def deeds_of(house: House, shopper: Shopper) -> Deeds:
    """Read the store for this shopper's conversation."""
    store = open_store(house.settings.database, schema=house.settings.database_schema)
    try:
        async with store.read() as session:
            conversation, _ = await visitors.opened_by(session, shopper.token or "")
            assert conversation is not None
            runs = await session.execute(
                select(ActionRun.message_id, ActionRun.action).where(
                    ActionRun.conversation_id == conversation.id
                )
            )
            shown = await session.scalars(
                select(Order.number)
                .join(Assurance, Assurance.order_id == Order.id)
                .where(Assurance.conversation_id == conversation.id)
            )
            handoffs = await session.scalar(
                select(func.count()).select_from(Handoff).where(Handoff.conversation_id == conversation.id)
            )
            return Deeds(
                conversation,
                Counter((int(seq), action) for seq, action in runs),
                Counter(shown),
                handoffs or 0,
            )
    finally:
        await store.close()


def answers_to(shopper: Shopper) -> Iterator[tuple[Event, list[str]]]:
    """Each of the shopper's messages with the names of the responses that answered it."""
    lines = [event for event in shopper.events if event["type"] == "message"]
    for message in lines:
        if message["author"] == "shopper":
            said = (line["name"] for line in lines if line["in_reply_to"] == message["seq"])
            yield message, [name for name in said if name not in NOTICES]
