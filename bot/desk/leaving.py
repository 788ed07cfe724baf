"""Agents who are gone: what they had goes back to the queue as soon as their last session has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.desk import deeds
from bot.rendering import Rendering
from crm_store import handoffs_leaving, handoffs_list
from crm_store.db import Store
from crm_store.models import Conversation

LOOK_SECONDS = 2.0
"""Signing out, thirty idle minutes and disabling from the command line all end in the store: one look finds them."""

log = structlog.get_logger()


@dataclass
class Leaving:
    """Who merely lost the socket is still signed in, and keeps what they have. `changed` is told after each commit,
    `moved` of everybody whose place in the queue may have changed."""

    store: Store
    rendering: Rendering
    changed: Callable[[int], None]
    moved: Callable[[int], None]

    async def run(self) -> None:
        """Until it is cancelled; a failure is logged and tried again at the next look."""
        while True:
            try:
                await self.give_back()
            except Exception as error:
                log.error("what somebody left behind could not be given back", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def give_back(self) -> int:
        """Everything that people left behind waits for somebody else, each in a commit of its own; how many it were."""
        async with self.store.read() as session:
            left = await handoffs_leaving.left_behind(session)
        given = 0
        for conversation in left:
            try:
                given += await self._give_back(conversation)
            except Exception as error:  # the others need not wait for this one
                log.error("could not be given back", conversation=conversation.public_id, exc_info=error)
        return given

    async def _give_back(self, conversation: Conversation) -> bool:
        async with self.store.write() as session:
            given = await deeds.give_back_left(session, self.rendering, conversation)
            moved = await handoffs_list.waiting_conversations(session)
        self.changed(conversation.id)
        for conversation_id in moved:
            self.moved(conversation_id)
        return given
