"""Trackers in a real SQLite file: kept, ready in memory, and never lost silently."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from bot.inside_rasa import trackers
from bot.inside_rasa.failed import TurnFailed
from bot.inside_rasa.trackers import Trackers

DOMAIN = Domain.from_dict({"slots": {"contact": {"type": "text", "mappings": [{"type": "custom"}]}}})


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "tracker.db")


async def say(store: Trackers, sender: str, text: str) -> DialogueStateTracker:
    """A turn as the channel makes it."""
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(UserUttered(text, {"name": "inform"}, message_id=text))
    tracker.update(SlotSet("contact", text))
    tracker.update(BotUttered(f"heard {text}"))
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


async def test_a_conversation_is_there_again_after_a_restart(path: str) -> None:
    store = Trackers(DOMAIN, path)
    for text in ("one", "two"):
        await say(store, "anna.1", text)
    await say(store, "davit.1", "other")
    again = await Trackers(DOMAIN, path).retrieve("anna.1")
    assert texts(again) == ["one", "two"]
    assert again.get_slot("contact") == "two"
    assert await Trackers(DOMAIN, path).retrieve("nobody.1") is None


async def test_each_event_is_stored_once(path: str) -> None:
    store = Trackers(DOMAIN, path)
    for text in ("one", "two", "three"):
        await say(store, "anna.1", text)
        await say(store, "davit.1", text)
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "select sender_id, type_name, intent_name from events order by id"
        ).fetchall()
    assert rows.count(("anna.1", "user", "inform")) == 3
    assert len(rows) == 2 * 3 * 3


async def test_the_latest_conversations_are_not_read_again(path: str) -> None:
    store = Trackers(DOMAIN, path)
    kept = await say(store, "anna.1", "one")
    assert await store.retrieve("anna.1") is kept


async def test_what_another_server_wrote_is_read(path: str) -> None:
    here, there = Trackers(DOMAIN, path), Trackers(DOMAIN, path)
    await say(here, "anna.1", "one")
    await say(there, "anna.1", "two")
    assert texts(await here.retrieve("anna.1")) == ["one", "two"]


async def test_what_was_erased_is_gone_from_memory_too(path: str) -> None:
    store = Trackers(DOMAIN, path)
    await say(store, "anna.1", "one")
    with sqlite3.connect(path) as connection:
        connection.execute("delete from events where sender_id like 'anna.%'")
    assert await store.retrieve("anna.1") is None


async def test_a_turn_that_was_not_kept_leaves_no_trace(path: str) -> None:
    store = Trackers(DOMAIN, path)
    await say(store, "anna.1", "one")
    dropped = await store.retrieve("anna.1")
    dropped.update(UserUttered("dropped"))
    assert texts(await store.retrieve("anna.1")) == ["one"]


async def test_memory_holds_only_so_many_and_only_so_long(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers, "READY", 2)
    store = Trackers(DOMAIN, path)
    kept = [await say(store, f"anna.{number}", "x") for number in range(3)]
    assert await store.retrieve("anna.0") is not kept[0]
    assert await store.retrieve("anna.2") is kept[2]
    monkeypatch.setattr(trackers, "READY_SECONDS", -1)
    kept = [await say(store, "davit.1", "x")]
    assert await store.retrieve("davit.1") is not kept[0]


class Failing(Trackers):
    """A database that is locked so many times."""

    left = 0

    def _write(self, tracker: DialogueStateTracker) -> None:
        self._fail()
        super()._write(tracker)

    def _read(self, sender: str) -> Any:
        self._fail()
        return super()._read(sender)

    def _fail(self) -> None:
        if self.left:
            self.left -= 1
            raise OperationalError("insert", {}, Exception("database is locked"))


async def test_a_locked_database_is_tried_again(path: str) -> None:
    store = Failing(DOMAIN, path)
    tracker = await store.get_or_create_tracker("anna.1", append_action_listen=False)
    tracker.update(UserUttered("one"))
    store.left = 3
    await store.save(tracker)
    store.left = 3
    assert texts(await store.retrieve("anna.1")) == ["one"]
    assert store.failures == 0


async def test_what_fails_for_good_is_counted_and_not_hidden(path: str) -> None:
    store = Failing(DOMAIN, path)
    store.left = 4
    with pytest.raises(TurnFailed):
        await FailSafeTrackerStore(store).retrieve(
            "anna.1"
        )  # Rasa's wrapper makes an empty conversation of errors
    assert store.failures == 1


async def test_what_people_wrote_is_not_in_error_messages(path: str) -> None:
    store = Trackers(DOMAIN, path)
    with sqlite3.connect(path) as connection:
        connection.execute("drop table events")
    tracker = DialogueStateTracker.from_events("anna.1", [UserUttered("my secret")])
    with pytest.raises(OperationalError) as error:
        store._write(tracker)
    assert "my secret" not in str(error.value)


def test_readers_need_not_wait_for_the_writer(path: str) -> None:
    store = Trackers(DOMAIN, path)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma busy_timeout").scalar() == 2000
