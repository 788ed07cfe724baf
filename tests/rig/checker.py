"""One judgement over what shoppers saw: lost, shown twice, out of order, not answered, ended twice.

A history is the list of a shopper's events in the order they happened: frames of the website channel (design §8) as
they came, and `{"type": "sent", "id", "text"}` for what was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]
Answers = Callable[[str, list[Event]], bool]

NOTICES = frozenset({"utter_starting", "utter_delayed"})
"""Said before an answer that is late; no answers themselves."""


@dataclass(frozen=True)
class Fault:
    """`kind`: lost, misplaced, duplicate, out of order, not answered, ended twice, refused."""

    kind: str
    detail: str


def echoed_once(text: str, replies: list[Event]) -> bool:
    """What the stub Rasa does: one reply, with the question in it."""
    return len(replies) == 1 and text in replies[0]["text"]


def answered_somehow(text: str, replies: list[Event]) -> bool:
    """What every turn of a real Rasa must do: say something, and nothing of it twice."""
    names = [reply["name"] or reply["text"] for reply in replies]
    return bool(names) and len(names) == len(set(names))


def check(history: list[Event], *, answers: Answers = echoed_once) -> list[Fault]:
    """Everything that is wrong with one shopper's history; nothing for a good one.

    `answers(text, replies)` says whether the replies are the whole answer to a text, once.
    """
    return [*_taken_in(history), *_shown(history), *_answered(history, answers), *_ended(history)]


def check_all(histories: dict[str, list[Event]], *, answers: Answers = echoed_once) -> list[Fault]:
    """The faults of many shoppers, each with the shopper's name."""
    return [
        Fault(fault.kind, f"{name}: {fault.detail}")
        for name, history in histories.items()
        for fault in check(history, answers=answers)
    ]


def _taken_in(history: list[Event]) -> Iterator[Fault]:
    """Every message sent is acknowledged with one seq, shown under it, and keeps its place among the others."""
    seqs: dict[str, set[int]] = {}
    for event in history:
        if event["type"] == "ack":
            seqs.setdefault(event["id"], set()).add(event["seq"])
        elif event["type"] == "error":
            yield Fault("refused", event["code"])
    own = {e["seq"]: e["text"] for e in history if e["type"] == "message" and e["author"] == "shopper"}
    before = 0
    for sent in _of(history, "sent"):
        got = seqs.get(sent["id"], set())
        if not got:
            yield Fault("lost", f"{sent['text']!r} was never acknowledged")
            continue
        if len(got) > 1:
            yield Fault("duplicate", f"{sent['text']!r} was acknowledged as {sorted(got)}")
        seq = min(got)
        if own.get(seq) != sent["text"]:
            kind = "misplaced" if sent["text"] in own.values() else "lost"
            yield Fault(kind, f"{sent['text']!r} was acknowledged as {seq}, where {own.get(seq)!r} is shown")
        if seq <= before:
            yield Fault("out of order", f"{sent['text']!r} has seq {seq}, the one sent before it {before}")
        before = seq
    written = Counter(sent["text"] for sent in _of(history, "sent"))
    for text, times in Counter(own.values()).items():
        if times > written[text]:
            yield Fault(
                "duplicate", f"{text!r} stands in the transcript {times} times, sent {written[text]} times"
            )


def _shown(history: list[Event]) -> Iterator[Fault]:
    """Seqs come in order, each once, none left out."""
    last = 0
    seen: set[int] = set()
    for event in _of(history, "message"):
        seq = event["seq"]
        if seq in seen:
            yield Fault("duplicate", f"seq {seq} was shown twice")
        elif seq < last:
            yield Fault("out of order", f"seq {seq} was shown after {last}")
        seen.add(seq)
        last = max(last, seq)
    missing = set(range(1, last + 1)) - seen
    if missing:
        yield Fault("lost", f"seqs {sorted(missing)} were never shown")


def _answered(history: list[Event], answers: Answers) -> Iterator[Fault]:
    """Every message has its whole answer once, and answers come in the order of the questions."""
    replies: dict[int, list[Event]] = {}
    before = 0
    for event in _of(history, "message"):
        to = event["in_reply_to"]
        if event["author"] != "bot" or to is None or event["name"] in NOTICES:
            continue
        replies.setdefault(to, []).append(event)
        if to < before:
            yield Fault("out of order", f"the answer to {to} came after the answer to {before}")
        before = max(before, to)
    for event in _of(history, "message"):
        if event["author"] == "shopper" and not answers(event["text"], said := replies.get(event["seq"], [])):
            yield Fault(
                "duplicate" if len(said) > 1 else "not answered", f"{event['text']!r} got {_texts(said)}"
            )


def _ended(history: list[Event]) -> Iterator[Fault]:
    """Every turn ends once and after its answer; a welcome says how far turns had ended while nobody listened."""
    ends: Counter[int] = Counter()
    shown: set[int] = set()
    known = 0
    for event in history:
        if event["type"] == "message" and event["author"] == "bot" and event["name"] not in NOTICES:
            shown.add(event["in_reply_to"])
        elif event["type"] == "welcome":
            known = max(known, event["conversation"]["answered_seq"])
        elif event["type"] == "turn_end":
            ends[event["in_reply_to"]] += 1
            if event["in_reply_to"] not in shown:
                yield Fault(
                    "not answered", f"the turn of {event['in_reply_to']} ended before its answer was shown"
                )
    for seq, times in ends.items():
        if times > 1:
            yield Fault("ended twice", f"the turn of {seq} ended {times} times")
    for event in _of(history, "message"):
        if event["author"] == "shopper" and event["seq"] not in ends and event["seq"] > known:
            yield Fault("not answered", f"the turn of {event['seq']} was never ended")


def _of(history: list[Event], type_: str) -> list[Event]:
    return [event for event in history if event["type"] == type_]


def _texts(replies: list[Event]) -> list[str]:
    return [reply["name"] or reply["text"] for reply in replies]
