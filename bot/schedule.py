"""Work that is due later: asking how a delivered order was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

import structlog

from barev import clock
from barev.rating import stars
from bot.messages import Reply
from bot.rendering import Rendering
from crm_store import conversations, feedback, shop
from crm_store.db import Store

LOOK_SECONDS = 60.0

log = structlog.get_logger()


@dataclass
class Schedule:
    """Looks once a minute for what is due. `said` is told the conversation's row id after each commit.

    `is_quiet` says of a time of the day, by the shop's clock, whether people sleep.
    """

    store: Store
    rendering: Rendering
    is_quiet: Callable[[time], bool]
    said: Callable[[int], None]

    async def run(self) -> None:
        """Until it is cancelled; a failure is logged and tried again at the next look."""
        while True:
            try:
                await self.ask_for_feedback()
            except Exception as error:
                log.error("what is due could not be done", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def ask_for_feedback(self) -> int:
        """Ask every question for feedback that is due, each once; returns how many were asked. At night what is due
        waits for the morning."""
        async with self.store.write() as session:
            await feedback.note_deliveries(session)
        async with self.store.read() as session:
            the_shop = await shop.the_shop(session)
        zone = ZoneInfo(the_shop.time_zone if the_shop else "UTC")
        if self.is_quiet(clock.now().astimezone(zone).time()):
            return 0
        async with self.store.write() as session:
            found = await feedback.due(session)
            for due in found:
                values = {"number": due.order.number}
                question = Reply("utter_rate_your_order", values=values, **stars(due.order.number))
                (line,) = await self.rendering.lines(session, due.conversation, [question])
                message = await conversations.tell(session, due.conversation, line)
                await feedback.asked(session, due.request, message)
        for due in found:
            self.said(due.conversation.id)
        return len(found)
