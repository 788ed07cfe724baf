"""Rasa's only input channel: the gateway asks one turn at a time, over loopback, with a shared secret.

    POST /webhooks/gateway/turn   {"id", "sender", "text" | "tell", "language", "metadata"} → `turns.answer`
    GET  /webhooks/gateway/ready  200 when a model is loaded, 503 until then

A message with two questions is two turns of Rasa's in one of ours (wishes.py).
A turn is kept whole or not at all: when a part of it failed or nothing was said, the tracker is not saved, and the same
id may come again.
An id that the tracker holds is answered with what was said then.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.inside_rasa.action_schema import remember_the_schema
from bot.inside_rasa.failed import TurnFailed, end_the_turn_when_an_action_fails
from bot.inside_rasa.running import remember_the_order
from bot.inside_rasa.turns import BadTurn, Turn, answer, part_id, read_turn, said_after
from bot.inside_rasa.wishes import wishes

log = logging.getLogger(__name__)

TURN_LIMIT = 14.0
"""Seconds a turn may take; the gateway waits 15 s, and an action may take 6 s."""


class Gateway(InputChannel):
    """credentials.yml: `bot.inside_rasa.channel.Gateway: {secret: ${BAREV_RASA_SECRET}}`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Gateway:
        secret = (credentials or {}).get("secret")
        if not secret or "${" in secret:
            cls.raise_missing_credentials_exception()
        remember_the_schema()
        remember_the_order()
        end_the_turn_when_an_action_fails()
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        hook = Blueprint("gateway_hook", __name__)

        @hook.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"error": "wrong secret"}, status=401)
            try:
                asked = read_turn(request.json)
            except BadTurn as reason:
                return response.json({"error": str(reason)}, status=400)
            return await self._answer(request.app.ctx.agent, asked)

        @hook.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"error": "wrong secret"}, status=401)
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"ready": False, "model": None}, status=503)
            failures = getattr(getattr(agent.tracker_store, "_tracker_store", None), "failures", 0)
            return response.json({"ready": True, "model": agent.model_id, "tracker_failures": failures})

        return hook

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("X-Barev-Secret", "")
        return hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret)

    async def _answer(self, agent: Any, asked: Turn) -> HTTPResponse:
        if agent is None or not agent.is_ready():
            return response.json({"error": "no model is loaded"}, status=503)
        try:
            turn = await asyncio.wait_for(take_turn(agent, asked), TURN_LIMIT)
        except asyncio.TimeoutError:
            log.error("turn %s took longer than %s s and was dropped", asked.id, TURN_LIMIT)
            return response.json({"id": asked.id, "error": "too slow"}, status=504)
        except (Exception, TurnFailed):
            log.exception("turn %s failed", asked.id)
            return response.json({"id": asked.id, "error": "the turn failed"}, status=500)
        return response.json(turn, dumps=json.dumps)


class Quiet(OutputChannel):
    """Sends nothing: what was said is read from the tracker when the turn is over."""

    @classmethod
    def name(cls) -> str:
        return Gateway.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        return None


async def take_turn(agent: Any, asked: Turn) -> dict[str, Any]:
    """What `MessageProcessor.handle_message` does, with one tracker in hand from the first look to the last."""
    processor, quiet = agent.processor, Quiet()
    async with agent.lock_store.lock(asked.sender):
        tracker = await processor.fetch_tracker_and_update_session(asked.sender, quiet, asked.metadata)
        said = said_after(tracker, asked.id)
        if said:
            return answer(tracker, asked, said, replayed=True)

        def message(text: str, number: int = 1) -> UserMessage:
            id_, name = part_id(asked.id, number), Gateway.name()
            return UserMessage(text, quiet, asked.sender, None, name, id_, metadata=asked.metadata)

        async def parse(text: str) -> dict[str, Any]:
            return dict(await processor.parse_message(message(text)))

        # A form asks one thing at a time, and what the gateway tells is one thing.
        one = asked.is_told or tracker.active_loop_name
        parts = [asked.text] if one else await wishes(asked.text, parse)
        for number, part in enumerate(parts, 1):
            await processor._handle_message_with_tracker(message(part, number), tracker)
            tracker = await processor.run_action_extract_slots(quiet, tracker)
            await processor._run_prediction_loop(quiet, tracker)
        said = said_after(tracker, asked.id)
        if said:
            await processor.save_tracker(tracker)
        else:
            log.error("turn %s said nothing and was not kept", asked.id)
        return answer(tracker, asked, said, replayed=False)
