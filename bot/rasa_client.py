"""Ask Rasa one question at a time: what does the assistant say to this?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from barev.language import without_commands
from bot.messages import Reply

TURN_SECONDS = 15.0
"""Longer than an action may take (6 s), shorter than Rasa's conversation lock lives (120 s)."""
SECRET = "X-Barev-Secret"
RESERVED = ("card", "choices")


class RasaUnavailable(Exception):
    """Nobody answers at Rasa's address, or it is still loading: the same question may be asked again later."""


class EmptyTurn(Exception):
    """Rasa failed in the middle of a turn, or said nothing: one retry, then the fallback."""


@dataclass(frozen=True)
class Said:
    """What a turn brought: replies in order, the form that is open now, what was understood."""

    replies: list[Reply]
    form: str | None
    intent: str | None


class RasaClient:
    """Rasa at `url`, between `open` and `close`. Both ways of asking name the sender, a message id that may be asked
    again, and the language."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = f"{url}/webhooks/gateway/turn"
        self._secret = secret
        self.has_answered = False  #: False: Rasa is still starting

    async def open(self) -> None:
        """Begin; connections are kept open between turns."""
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        await self._http.close()

    async def say(
        self,
        text: str,
        *,
        sender: str,
        message_id: str,
        language: str,
        metadata: dict[str, Any] | None = None,
    ) -> Said:
        """Ask about what a person typed. No text of a person ever reaches Rasa with a slash in front."""
        plain = without_commands(text)
        return await self._turn({"text": plain}, sender, message_id, language, metadata)

    async def tell(
        self,
        intent: str,
        entities: dict[str, Any],
        *,
        sender: str,
        message_id: str,
        language: str,
        metadata: dict[str, Any] | None = None,
    ) -> Said:
        """Tell Rasa what the gateway itself knows: a pressed button, a confirmed code."""
        question = {"tell": {"intent": intent, "entities": entities}}
        return await self._turn(question, sender, message_id, language, metadata)

    async def _turn(
        self,
        question: dict[str, Any],
        sender: str,
        message_id: str,
        language: str,
        metadata: dict[str, Any] | None,
    ) -> Said:
        more = {**(metadata or {}), "language": language, "message_id": message_id}
        body = {**question, "id": message_id, "sender": sender, "language": language, "metadata": more}
        try:
            async with self._http.post(
                self._url,
                json=body,
                headers={SECRET: self._secret},
                timeout=aiohttp.ClientTimeout(total=TURN_SECONDS, sock_connect=2),
            ) as response:
                if response.status == 503:
                    raise RasaUnavailable("loading")
                if response.status != 200:
                    raise EmptyTurn(f"status {response.status}")
                answer = await response.json()
        except TimeoutError as slow:
            raise EmptyTurn("no answer in time") from slow
        except aiohttp.ClientConnectionError as gone:
            raise RasaUnavailable(type(gone).__name__) from gone
        except (aiohttp.ClientError, ValueError) as broken:
            raise EmptyTurn(type(broken).__name__) from broken
        return self._read(answer, message_id)

    def _read(self, answer: Any, message_id: str) -> Said:
        try:
            return self._whole(answer, message_id)
        except (AttributeError, TypeError, ValueError) as broken:
            raise EmptyTurn("an answer of another shape") from broken

    def _whole(self, answer: Any, message_id: str) -> Said:
        if not isinstance(answer, dict) or answer.get("turn_end") != message_id:
            raise EmptyTurn("no mark at the end of the turn")
        replies = [_reply(raw) for raw in answer.get("replies") or []]
        if not replies:
            raise EmptyTurn("nothing was said")
        self.has_answered = True
        return Said(replies=replies, form=answer.get("form"), intent=(answer.get("intent") or {}).get("name"))


def _reply(raw: dict[str, Any]) -> Reply:
    values = dict(raw.get("values") or {})
    card, choices = (values.pop(key, None) for key in RESERVED)
    return Reply(
        name=raw.get("name"), values=values, text=raw.get("text") or "", choices=choices or [], card=card
    )
