"""`barev up` goes on when everything is there, and says which process ended before that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from barev.cli.errors import Refused
from barev.cli.launch import ready
from barev.cli.launch.processes import Processes
from barev.settings import Secrets, Settings
from tests.barev.cli.launch.fakes import FAILS, child
from tests.rig.ports import free_port

SECRETS = Secrets(**{name: name[0] * 32 for name in Secrets.model_fields})


async def never() -> None:
    await asyncio.Event().wait()


async def test_a_process_that_ends_while_starting_is_named_with_its_last_words(tmp_path: Path) -> None:
    rasa = child(tmp_path, "rasa", FAILS)
    async with Processes([rasa], say=lambda line: None, pauses=(60, 60)) as processes:
        with pytest.raises(Refused) as refused:
            await ready.within(10, never(), processes, otherwise="nothing happened")
    assert str(refused.value) == f"rasa ended with code 3 while starting: the config is wrong ({rasa.log})"


async def test_waiting_has_an_end(tmp_path: Path) -> None:
    async with Processes([child(tmp_path, "rasa")]) as processes:
        with pytest.raises(Refused, match=r"^A test question got no answer within 0 s; the logs are in "):
            await ready.within(0.05, never(), processes, otherwise="A test question got no answer")


async def test_the_question_is_asked_until_rasa_answers_it(tmp_path: Path) -> None:
    port, asked = free_port(), []

    async def turn(request: web.Request) -> web.Response:
        question = await request.json()
        asked.append((request.headers["X-Barev-Secret"], question["text"], question["sender"]))
        if len(asked) == 1:
            return web.json_response({"error": "no model is loaded"}, status=503)
        replies = [] if len(asked) == 2 else [{"name": "utter_ask_order_number", "values": {}, "text": "?"}]
        return web.json_response({"id": question["id"], "turn_end": question["id"], "replies": replies})

    waiting = asyncio.create_task(
        ready.a_turn_passes(Settings(data_dir=tmp_path, rasa_port=port), SECRETS)  # nobody is there yet
    )
    await asyncio.sleep(0.1)
    app = web.Application()
    app.router.add_post("/webhooks/gateway/turn", turn)
    async with TestServer(app, port=port):
        await asyncio.wait_for(waiting, 10)
    assert asked == [(SECRETS.rasa, ready.QUESTION, asked[0][2])] * 3
    assert asked[0][2].startswith("start-up-") and asked[0][2].endswith(".1")


async def test_the_gateway_is_up_when_it_says_that_it_is_healthy(tmp_path: Path) -> None:
    answers = [503, 503, 200]

    async def healthy(request: web.Request) -> web.Response:
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.router.add_get("/healthz", healthy)
    async with TestServer(app) as server:
        await asyncio.wait_for(ready.gateway_is_up(Settings(data_dir=tmp_path, port=server.port)), 10)
    assert answers == []
