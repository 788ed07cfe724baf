"""Replies by name → lines a shopper can read, with buttons that mean something only in their conversation."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from barev.wording import Wording, load_wording
from bot.messages import Button, Reply
from crm_store import conversations_buttons, shop
from crm_store.conversations import Line
from crm_store.models import Conversation


class Rendering:
    """The wording of the shop: what the files say, with the owner's own texts on top at once."""

    def __init__(self, responses: Path) -> None:
        self._plain = load_wording(responses)

    async def wording(self, session: AsyncSession) -> Wording:
        """The wording as it is now."""
        zone, owners = await shop.zone_and_texts(session)
        return replace(self._plain, time_zone=ZoneInfo(zone), owners=owners)

    def text(self, name: str, language: str) -> str:
        """The file's text of a response without values: for error frames, which ask no database."""
        return self._plain.text(name, language)

    async def lines(
        self, session: AsyncSession, conversation: Conversation, replies: Sequence[Reply]
    ) -> list[Line]:
        """The replies in the conversation's language; their buttons are stored, the lines carry only tokens."""
        wording = await self.wording(session)
        return [await self._line(session, conversation, reply, wording) for reply in replies]

    async def _line(
        self, session: AsyncSession, conversation: Conversation, reply: Reply, wording: Wording
    ) -> Line:
        language = conversation.language
        offered = []
        for button in _buttons(reply, wording, language):
            offer = await conversations_buttons.offer(
                session,
                conversation,
                title=button.title,
                intent=button.intent,
                entities=button.entities,
                level=button.level,
                token=secrets.token_urlsafe(16),
            )
            offered.append({**offer, "asks": button.asks} if button.asks else offer)
        known = reply.name is not None and wording.has(
            reply.name
        )  # a newer model may know a response we do not
        return Line(
            text=wording.text(reply.name or "", language, reply.values) if known else reply.text,
            name=reply.name,
            values=reply.values,
            buttons=offered,
            card=wording.card(reply.card, language) if reply.card else None,
        )


def _buttons(reply: Reply, wording: Wording, language: str) -> list[Button]:
    """The buttons written with the response, then those that the action chose."""
    written = wording.buttons.get(reply.name or "", {}).get(language, [])
    fixed = [Button(raw["title"], *_payload(raw["payload"])) for raw in written]
    chosen = [
        Button(
            wording.text(raw["name"], language, raw.get("values")),
            raw["intent"],
            raw.get("entities") or {},
            raw.get("asks"),
            raw.get("level") or 0,
        )
        for raw in reply.choices
    ]
    return [*fixed, *chosen]


def _payload(payload: str) -> tuple[str, dict[str, Any]]:
    """Rasa's way of writing a button: /intent or /intent{"entity": "value"}."""
    intent, brace, rest = payload.removeprefix("/").partition("{")
    return intent, json.loads(brace + rest) if brace else {}
