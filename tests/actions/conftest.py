"""The action server over a real store, called over HTTP as Rasa calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from actions.app import make_app
from crm_store import conversations
from crm_store.db import Store
from crm_store.models import Conversation
from tests.crm_store.fixtures import *  # noqa: F403

SECRET = "a" * 40


@dataclass
class Rasa:
    """Calls actions like Rasa: with the tracker of one conversation, its slots and its latest message."""

    http: TestClient
    conversation: Conversation
    asked: int = 0

    async def run(
        self,
        action: str,
        *,
        intent: str = "ask_order_status",
        slots: dict[str, Any] | None = None,
        entities: dict[str, str] | None = None,
        ranking: list[str] | None = None,
        message_id: str | None = None,
        sender: str | None = None,
        source: str | None = None,
        secret: str = SECRET,
        active_loop: str | None = None,
        events: list[dict[str, Any]] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        message = {
            "text": "…",
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
            "intent_ranking": [{"name": name, "confidence": 0.1} for name in ranking or []],
            "message_id": message_id or str(self.asked),
            "metadata": {"source": source} if source else {},
        }
        tracker = {
            "sender_id": sender or f"{self.conversation.public_id}.1",
            "slots": slots or {},
            "latest_message": message,
            "events": events or [],
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": active_loop} if active_loop else {},
            "latest_action_name": "action_listen",
        }
        call = {"next_action": action, "sender_id": tracker["sender_id"], "tracker": tracker}
        async with self.http.post("/webhook", json=call, headers={"X-Barev-Secret": secret}) as answer:
            return answer.status, await answer.json()

    async def said(self, action: str, **about: Any) -> list[str]:
        """The names of the responses that an action says."""
        status, result = await self.run(action, **about)
        assert status == 200, result
        return [response["response"] for response in result["responses"]]


@pytest.fixture
async def conversation(store: Store) -> Conversation:
    """Ani has opened the chat and said hello; somebody else talks too."""
    async with store.write() as session:
        for address in ("nino", "ani"):
            opened = await conversations.start(session, channel="website", address=address, language="hy")
            await conversations.accept(session, opened, text="բարև", external_id="1")
    return opened


@pytest.fixture
async def rasa(store: Store, conversation: Conversation) -> AsyncIterator[Rasa]:
    async with TestClient(TestServer(make_app(store, secret=SECRET))) as http:
        yield Rasa(http, conversation)
