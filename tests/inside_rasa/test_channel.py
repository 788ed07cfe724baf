"""The channel over a real socket, with a stand-in for Rasa's agent passed in."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.events import ActiveLoop, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from bot.inside_rasa import channel
from bot.inside_rasa.channel import Gateway
from bot.inside_rasa.failed import TurnFailed

SECRET = "s3cret"
ASKED = {
    "id": "m1",
    "sender": "anna.1",
    "text": "hello",
    "tell": None,
    "language": "hy",
    "metadata": {"source": "x"},
}


class Processor:
    """Remembers its trackers as Rasa's does: only what was saved is there the next time."""

    def __init__(self) -> None:
        self.saved: dict[str, list[Any]] = {}
        self.read: list[Any] = []
        self.silent = self.crashes = self.action_fails = False
        self.form: str | None = None
        self.takes = 0.0

    async def fetch_tracker_and_update_session(self, sender: str, *_: Any) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender, self.saved.get(sender, []))

    async def _handle_message_with_tracker(self, message: Any, tracker: DialogueStateTracker) -> None:
        if self.crashes:
            raise RuntimeError("language understanding failed")
        self.read.append(message)
        intent = {"name": "greet", "confidence": 0.9}
        tracker.update(
            UserUttered(message.text, intent, message_id=message.message_id, metadata=message.metadata)
        )

    async def run_action_extract_slots(self, _: Any, tracker: DialogueStateTracker) -> DialogueStateTracker:
        return tracker

    async def _run_prediction_loop(self, _: Any, tracker: DialogueStateTracker) -> None:
        await asyncio.sleep(self.takes)
        if self.action_fails:
            raise TurnFailed("action_order_status")
        if self.form:
            tracker.update(ActiveLoop(self.form))
        if not self.silent:
            number = len(self.read)
            tracker.update(
                BotUttered(f"Hello {number}", {}, {"utter_action": "utter_greet", "values": {"n": number}})
            )

    async def save_tracker(self, tracker: DialogueStateTracker) -> None:
        self.saved[tracker.sender_id] = list(tracker.events)


class Agent:
    def __init__(self) -> None:
        self.processor, self.lock_store, self.loaded, self.model_id = (
            Processor(),
            InMemoryLockStore(),
            True,
            "abc",
        )
        self.tracker_store = object()

    def is_ready(self) -> bool:
        return self.loaded


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Sanic, str]]:
    """One server for all: Sanic rewrites its own code when an application starts, and can do so once."""
    app = Sanic("channel")
    hook = Gateway.from_credentials({"secret": SECRET})
    app.blueprint(hook.blueprint(lambda message: None), url_prefix="/webhooks/gateway")
    loop, held = asyncio.new_event_loop(), socket.socket()
    held.bind(("127.0.0.1", 0))

    async def serve() -> None:
        serving = await app.create_server(sock=held, return_asyncio_server=True, access_log=False)
        await serving.startup()
        await serving.start_serving()

    loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield app, f"http://127.0.0.1:{held.getsockname()[1]}/webhooks/gateway"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    held.close()


@pytest.fixture
def agent(server: tuple[Sanic, str]) -> Agent:
    server[0].ctx.agent = Agent()
    return server[0].ctx.agent


Call = Callable[..., Awaitable[list[tuple[int, Any]]]]


@pytest.fixture
def post(server: tuple[Sanic, str], agent: Agent) -> Call:
    async def call(*turns: Any, secret: str | None = SECRET) -> list[tuple[int, Any]]:
        answers = []
        async with aiohttp.ClientSession(
            headers={} if secret is None else {"X-Barev-Secret": secret}
        ) as session:
            for turn in turns:
                async with session.post(f"{server[1]}/turn", json=turn) as answer:
                    answers.append((answer.status, await answer.json()))
        return answers

    return call


async def test_a_turn_is_answered_whole(agent: Agent, post: Call) -> None:
    agent.processor.form = "order_form"
    [(status, answer)] = await post({**ASKED, "new_field": 1})
    assert status == 200
    assert answer == {
        "id": "m1",
        "replies": [{"name": "utter_greet", "values": {"n": 1}, "text": "Hello 1", "buttons": []}],
        "turn_end": "m1",
        "form": "order_form",
        "intent": {"name": "greet", "confidence": 0.9},
        "replayed": False,
    }
    [message] = agent.processor.read
    assert (message.text, message.message_id, message.sender_id) == ("hello", "m1", "anna.1")
    assert message.metadata == {"source": "x", "language": "hy"}


async def test_the_same_message_again_is_answered_from_the_tracker(agent: Agent, post: Call) -> None:
    (_, first), (_, second), (_, again) = await post(ASKED, {**ASKED, "id": "m2"}, ASKED)
    assert again == {**first, "replayed": True}
    assert second["replayed"] is False
    assert len(agent.processor.read) == 2


async def test_the_same_id_of_another_conversation_is_another_message(agent: Agent, post: Call) -> None:
    _, (_, other) = await post(ASKED, {**ASKED, "sender": "davit.1"})
    assert other["replayed"] is False


async def test_a_turn_that_said_nothing_is_not_kept_and_may_come_again(agent: Agent, post: Call) -> None:
    agent.processor.silent = True
    [(status, answer)] = await post(ASKED)
    assert (status, answer["replies"], answer["turn_end"]) == (200, [], "m1")
    assert agent.processor.saved == {}
    agent.processor.silent = False
    [(_, answer)] = await post(ASKED)
    assert answer["replayed"] is False
    assert len(answer["replies"]) == 1


async def test_a_crash_in_language_understanding_is_a_500_and_nothing_is_kept(
    agent: Agent, post: Call
) -> None:
    agent.processor.crashes = True
    [(status, answer)] = await post(ASKED)
    assert status == 500
    assert "turn_end" not in answer
    assert agent.processor.saved == {}


async def test_a_turn_whose_action_failed_is_not_kept(agent: Agent, post: Call) -> None:
    agent.processor.action_fails = True
    [(status, answer)] = await post(ASKED)
    assert status == 500
    assert "turn_end" not in answer
    assert agent.processor.saved == {}


async def test_a_turn_that_takes_too_long_is_given_up(
    agent: Agent, post: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "TURN_LIMIT", 0.05)
    agent.processor.takes = 5
    [(status, _)] = await post(ASKED)
    assert status == 504
    assert agent.processor.saved == {}


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.upper(), "սxալ"])
async def test_without_the_secret_nothing_is_read(agent: Agent, post: Call, secret: str | None) -> None:
    [(status, _)] = await post(ASKED, secret=secret)
    assert status == 401
    assert agent.processor.read == []


async def test_what_is_no_turn_is_a_400_with_a_reason(agent: Agent, post: Call) -> None:
    (first, reason), (second, _) = await post({**ASKED, "language": "ru"}, [])
    assert (first, second) == (400, 400)
    assert "language" in reason["error"]


async def test_without_a_model_turns_and_readiness_say_so(
    server: tuple[Sanic, str], agent: Agent, post: Call
) -> None:
    async def ready(secret: str = SECRET) -> tuple[int, Any]:
        headers = {"X-Barev-Secret": secret}
        async with aiohttp.ClientSession() as http, http.get(f"{server[1]}/ready", headers=headers) as answer:
            return answer.status, await answer.json()

    assert await ready() == (200, {"ready": True, "model": "abc", "tracker_failures": 0})
    assert (await ready("wrong"))[0] == 401
    agent.loaded = False
    assert [status for status, _ in await post(ASKED)] == [503]
    assert await ready() == (503, {"ready": False, "model": None})
    server[0].ctx.agent = None
    assert await ready() == (503, {"ready": False, "model": None})


@pytest.mark.parametrize("credentials", [None, {}, {"secret": ""}, {"secret": "${BAREV_RASA_SECRET}"}])
def test_it_does_not_start_without_a_real_secret(credentials: dict[str, str] | None) -> None:
    with pytest.raises(Exception, match="credentials"):
        Gateway.from_credentials(credentials)
