"""The checker itself: it passes a good history and flags each of these bad ones."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.rig.checker import Event, check


def sent(id_: str) -> Event:
    return {"type": "sent", "id": id_, "text": f"question {id_}"}


def ack(id_: str, seq: int) -> Event:
    return {"type": "ack", "id": id_, "seq": seq}


def line(seq: int, author: str, text: str, to: int | None = None, name: str | None = None) -> Event:
    return {"type": "message", "seq": seq, "author": author, "text": text, "in_reply_to": to, "name": name}


def end(to: int) -> Event:
    return {"type": "turn_end", "in_reply_to": to}


def welcome(answered: int) -> Event:
    return {"type": "welcome", "conversation": {"answered_seq": answered}}


# Two questions; between them a kill, after which the second is sent again and answered late.
GOOD = [
    welcome(0),
    line(1, "bot", "welcome", name="utter_welcome"),
    sent("a"),
    ack("a", 2),
    line(2, "shopper", "question a"),
    line(3, "bot", "echo: question a", 2),
    end(2),
    sent("b"),
    welcome(2),
    ack("b", 4),
    line(4, "shopper", "question b"),
    line(5, "bot", "a moment", 4, "utter_delayed"),
    line(6, "bot", "echo: question b", 4),
    end(4),
]
A, A_ACK, A_OWN, A_ANSWER, A_END = 2, 3, 4, 5, 6
B_ACK, B_OWN, B_LATE, B_ANSWER, B_END = 9, 10, 11, 12, 13


def without(*places: int) -> list[Event]:
    return [event for place, event in enumerate(GOOD) if place not in places]


def with_(place: int, *events: Event) -> list[Event]:
    return [*GOOD[:place], *events, *GOOD[place:]]


def changed(place: int, **values: object) -> list[Event]:
    history = deepcopy(GOOD)
    history[place].update(values)
    return history


def swapped(one: int, other: int) -> list[Event]:
    history = deepcopy(GOOD)
    history[one], history[other] = history[other], history[one]
    return history


BAD = {
    "a message that was never acknowledged": ("lost", [*GOOD, sent("c")]),
    "a message acknowledged and then gone": ("lost", [*GOOD, sent("c"), ack("c", 7)]),
    "a message acknowledged under another's seq": ("misplaced", changed(B_ACK, seq=5)),
    "a line that was left out": ("lost", without(B_LATE)),
    "a message acknowledged under two seqs": ("duplicate", with_(B_ACK, ack("a", 4))),
    "a message taken twice": (
        "duplicate",
        [*GOOD, line(7, "shopper", "question a"), line(8, "bot", "echo: question a", 7), end(7)],
    ),
    "a line shown twice": ("duplicate", with_(A_END, GOOD[A_ANSWER])),
    "an answer given twice": ("duplicate", [*GOOD[:-1], line(7, "bot", "echo: question b", 4), GOOD[-1]]),
    "lines shown out of order": ("out of order", swapped(A_OWN, A_ANSWER)),
    "messages that changed places": (
        "out of order",
        [
            *(sent("a"), sent("b"), ack("b", 1), ack("a", 2)),
            *(line(1, "shopper", "question b"), line(2, "shopper", "question a")),
            *(line(3, "bot", "echo: question b", 1), end(1), line(4, "bot", "echo: question a", 2), end(2)),
        ],
    ),
    "a message that got only a notice": ("not answered", changed(B_ANSWER, name="utter_delayed")),
    "the answer to another message": ("not answered", changed(B_ANSWER, text="echo: question a")),
    "an end before the answer": ("not answered", swapped(A_ANSWER, A_END)),
    "a turn that never ended": ("not answered", without(B_END)),
    "a turn that ended twice": ("ended twice", [*GOOD, end(4)]),
    "a message that was refused": ("refused", [*GOOD, {"type": "error", "code": "slow_down"}]),
}


def test_a_good_history_has_no_faults():
    assert check(GOOD) == []


def test_an_end_that_only_a_later_welcome_told_is_an_end():
    assert check([*without(A_END)]) == []


@pytest.mark.parametrize("why", BAD)
def test_a_bad_history_is_flagged_for_what_it_is(why):
    kind, history = BAD[why]
    assert kind in {fault.kind for fault in check(history)}, check(history)


def test_the_same_words_may_be_said_as_often_as_they_were_sent():
    history = [
        sent("a"),
        ack("a", 1),
        line(1, "shopper", "question a"),
        line(2, "bot", "echo: question a", 1),
        end(1),
    ]
    again = [
        sent("a"),
        ack("a", 3),
        line(3, "shopper", "question a"),
        line(4, "bot", "echo: question a", 3),
        end(3),
    ]
    again[0]["id"] = again[1]["id"] = "b"
    assert check(history + again) == []


def test_at_least_ten_bad_histories_are_tried():
    assert len(BAD) >= 10
