"""What an agent is shown, in the agent's language: rows of the list, lines, the packet, the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from barev.wording import Wording
from bot.frames import moment
from bot.rendering import Rendering
from crm_store import handoffs_list, shop
from crm_store.handoffs_customer import Known
from crm_store.handoffs_list import Listed
from crm_store.models import Handoff, Message

PREVIEW = 140
"""Characters of the shopper's words in the list."""


@dataclass(frozen=True)
class Reader:
    """The wording of the shop for somebody who reads `language`; amounts in the shop's currency."""

    wording: Wording
    language: str
    currency: str

    def card(self, known: Known) -> dict[str, Any]:
        """The customer as far as they may be seen; addresses only of somebody who is known to be the customer."""
        orders = []
        for order in known.orders:
            shown = {
                "number": order.number,
                "status": self._status(order.status),
                "placed": self._value({"day": order.placed_at.isoformat()}),
            }
            if known.customer:
                shown["total"] = self._value({"money": order.total, "currency": self.currency})
                shown["address"] = order.address
            orders.append(shown)
        return {
            "level": known.level,
            "hidden": known.hidden,
            "name": known.customer.name if known.customer else None,
            "points": None if known.points is None else self._value({"points": known.points}),
            "orders": orders,
        }

    def packet(self, handoff: Handoff, known: Known) -> dict[str, Any]:
        """Why somebody waits, in their own words, what the assistant said to that, and how orders and points stood
        then: those that the level lets be seen now."""
        packet, seen = handoff.packet, {order.number for order in known.orders}
        points = packet["points"] if known.customer else None
        tried = [self._text(said["name"], said["values"]) for said in packet["tried"]]
        return {
            "reason": handoff.reason,
            "level": packet["level"],
            "asked_at": moment(handoff.asked_at),
            "words": packet["words"],
            "tried": list(dict.fromkeys(text for text in tried if text)),
            "orders": [
                {"number": order["number"], "status": self._status(order["status"])}
                for order in packet["orders"]
                if order["number"] in seen
            ],
            "points": None if points is None else self._value({"points": points}),
        }

    def line(self, message: Message, names: dict[int, str]) -> dict[str, Any]:
        """A row of the transcript in the shopper's words; `rendered` where we can word it in the agent's language."""
        return {
            "seq": message.seq,
            "author": message.author,
            "agent": names.get(message.staff_id) if message.staff_id else None,
            "text": message.text,
            "rendered": self._rendered(message),
            "language": message.language,
            "buttons": [button["title"] for button in message.buttons],
            "at": moment(message.at),
        }

    def _rendered(self, message: Message) -> str | None:
        if message.language == self.language:
            return None
        intent = (message.pressed or {}).get("intent")
        return self._text(message.name or f"utter_intent_{intent}", message.values)

    def _text(self, name: str, values: dict[str, Any]) -> str | None:
        """None where the response is not known, or its values are of another version."""
        try:
            return self.wording.text(name, self.language, values) if self.wording.has(name) else None
        except (KeyError, TypeError, ValueError):
            return None

    def _status(self, status: str) -> str:
        return self._value({"word": f"order_status_{status}"})

    def _value(self, value: dict[str, Any]) -> str:
        return self.wording.value(value, self.language)


async def reader(session: AsyncSession, rendering: Rendering, language: str) -> Reader:
    the_shop = await shop.the_shop(session)
    return Reader(await rendering.wording(session), language, the_shop.currency if the_shop else "AMD")


async def lines(session: AsyncSession, reader: Reader, messages: list[Message]) -> list[dict[str, Any]]:
    names = await handoffs_list.names_of(session, messages)
    return [reader.line(message, names) for message in messages]


def listed(row: Listed) -> dict[str, Any]:
    """A conversation in the list."""
    return {
        "conversation": row.conversation.public_id,
        "state": row.handoff.state,
        "by": row.by,
        "reason": row.handoff.reason,
        "language": row.conversation.language,
        "channel": row.channel,
        "asked_at": moment(row.handoff.asked_at),
        "unread": row.unread,
        "words": row.words[:PREVIEW],
    }
