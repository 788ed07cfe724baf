"""A process that speaks Rasa's turn contract: answers by echo, and misbehaves where the message says so.

    python -m tests.rig.stub_rasa <port> <file for what it was asked>

`[wait 0.5]`, `[empty]`, `[half]`, `[500]`, `[503]`, `[hang]`, `[reset]`, `[bad json]`, `[foreign]` in the text of a
message; with `once` behind the word only the first time that its id is asked. STUB_WAIT: seconds of an ordinary turn.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

ORDINARY_WAIT = float(os.environ.get("STUB_WAIT", "0.02"))
_told = re.compile(r"\[(wait|empty|half|500|503|hang|reset|bad json|foreign)( [\d.]+)?( once)?\]")

asked_key = web.AppKey("asked", dict[str, int])
answers_key = web.AppKey("answers", dict[str, dict[str, Any]])
record_key = web.AppKey("record", TextIO)
secret_key = web.AppKey("secret", str)


def make_app(secret: str, record: TextIO) -> web.Application:
    app = web.Application()
    app[asked_key], app[answers_key], app[record_key], app[secret_key] = {}, {}, record, secret
    app.router.add_post("/webhooks/gateway/turn", turn)
    app.router.add_get("/webhooks/gateway/ready", ready)
    return app


async def ready(request: web.Request) -> web.Response:
    return web.json_response({"ready": True, "model": "stub"})


async def turn(request: web.Request) -> web.StreamResponse:
    app = request.app
    if request.headers.get("X-Barev-Secret") != app[secret_key]:
        return web.json_response({"error": "wrong secret"}, status=401)
    asked = await request.json()
    which = f"{asked['sender']}/{asked['id']}"
    app[asked_key][which] = tries = app[asked_key].get(which, 0) + 1
    note = {"sender": asked["sender"], "id": asked["id"], "text": asked.get("text"), "try": tries}
    _record(app, {"event": "asked", **note})
    try:
        return await _answer(request, asked, which, tries)
    finally:
        _record(app, {"event": "ended", **note})


async def _answer(request: web.Request, asked: dict[str, Any], which: str, tries: int) -> web.StreamResponse:
    known = request.app[answers_key].get(which)
    if known:
        return web.json_response({**known, "replayed": True})
    text = asked.get("text") or f"/{asked['tell']['intent']}"
    behaviour, seconds = _behaviour(text, tries)
    await asyncio.sleep(3600 if behaviour == "hang" else seconds)
    if behaviour == "reset":
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if behaviour == "bad json":
        return web.Response(text='{"replies": [', content_type="application/json")
    if behaviour in ("500", "503"):
        return web.json_response({"error": behaviour}, status=int(behaviour))
    whole = {
        "id": asked["id"],
        "replies": [{"name": None, "values": {"echo": text}, "text": f"echo: {text}", "buttons": []}],
        "form": None,
        "intent": {"name": "inform", "confidence": 1.0},
        "replayed": False,
        "turn_end": asked["id"],
    }
    if behaviour == "half":
        return web.json_response({key: value for key, value in whole.items() if key != "turn_end"})
    if behaviour == "empty":
        return web.json_response({**whole, "replies": []})
    if behaviour == "foreign":  # the answer to another question
        return web.json_response({**whole, "id": "0", "turn_end": "0"})
    request.app[answers_key][which] = whole
    return web.json_response(whole)


def _behaviour(text: str, tries: int) -> tuple[str, float]:
    told = _told.search(text)
    if told is None or (told[3] and tries > 1):
        return "well", ORDINARY_WAIT
    return told[1], float(told[2] or ORDINARY_WAIT)


def _record(app: web.Application, what: dict[str, Any]) -> None:
    app[record_key].write(json.dumps({"at": time.time(), **what}, ensure_ascii=False) + "\n")
    app[record_key].flush()


def main() -> None:
    port, record = int(sys.argv[1]), Path(sys.argv[2])
    record.parent.mkdir(parents=True, exist_ok=True)
    with open(record, "a", encoding="utf-8") as lines:
        app = make_app(os.environ["BAREV_RASA_SECRET"], lines)
        web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
