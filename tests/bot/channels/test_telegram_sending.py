"""What goes out to Telegram: in order, within its limits, whatever it answers."""

import asyncio
import random
import time
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from bot.channels.telegram_pace import FASTEST, OVERALL, Pace
from bot.channels.telegram_sending import LONGEST, split
from crm_store import conversations
from crm_store.conversations import Line
from tests.rig.fake_telegram import FakeTelegram, one_in_seven_fails


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "բառ " * 3000,
        "paragraph\n\n" * 900,
        "x" * 10_000,
        "🦄" * 5000,
        "a🦄" * 4000 + "\nend",
        "x" * LONGEST,
    ],
)
def test_a_long_text_is_split_into_parts_that_telegram_takes_and_loses_nothing(text):
    parts = list(split(text))
    assert all(0 < units(part) <= LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert len(parts) <= units(text) // (LONGEST // 2) + 1


def test_a_text_is_split_between_words():
    first, second = split("word " * 1000)
    assert first.endswith("word") and second.startswith("word")


def test_a_chat_gets_three_at_once_and_then_one_a_second():
    clock = Clock()
    pace = Pace(clock)
    assert [pace.chat("1") for _ in range(5)] == [0, 0, 0, 1, 1]
    assert pace.chat("2") == 0
    clock.now += 1
    assert [pace.chat("1") for _ in range(2)] == [0, 1]
    clock.now += 60
    assert [pace.chat("1") for _ in range(4)] == [0, 0, 0, 1]


def test_retry_after_silences_the_whole_bot_and_a_little_longer():
    clock = Clock()
    pace = Pace(clock)
    pace.stop(3)
    assert 3 < pace.closed() < 3.5
    pace.stop(1)
    assert pace.closed() > 3
    clock.now += 3.5
    assert pace.closed() == 0


async def test_over_all_messages_go_one_after_the_other_also_when_they_wake_late():
    chance, pace = random.Random(4), Pace()
    gone: list[float] = []

    async def send() -> None:
        await pace.turn()
        gone.append(time.monotonic())

    async def stall() -> None:
        while True:
            await asyncio.sleep(0.1)
            time.sleep(chance.choice([0, 0, 0.15]))  # somebody keeps the loop busy

    stalling = asyncio.create_task(stall())
    await asyncio.gather(*(send() for _ in range(60)))
    stalling.cancel()
    assert all(later - earlier >= 0.95 / FASTEST for earlier, later in pairwise(gone))
    assert gone[-1] - gone[0] < 1.2 * 60 / OVERALL


async def say(house, chats: int, lines: int) -> None:
    """Lines of an agent's, past any turn, in so many chats."""
    async with house.store.write() as session:
        for chat in range(1, chats + 1):
            row = await conversations.start(session, channel="telegram", address=str(chat), language="en")
            for line in range(lines):
                await conversations.tell(session, row, Line(text=f"line {line}"), author="agent")


@asynccontextmanager
async def told(cloud: FakeTelegram):
    yield
    sent = sorted(one.at for chat in cloud.sent.values() for one in chat)
    print(f"{len(sent)} sends in {seconds_of_sending(cloud):.1f} s, refused {dict(cloud.refused)}")


def seconds_of_sending(cloud: FakeTelegram) -> float:
    """From the first message to the last. What the test itself needs before that, to write them down beside the gateway
    and until that finds them (5 s at most), is no time of sending."""
    sent = [one.at for chat in cloud.sent.values() for one in chat]
    return max(sent) - min(sent)


async def paced(house, *, chats: int, lines: int) -> None:
    """Everything once, in order, within Telegram's limits."""
    async with told(house.cloud):
        await say(house, chats, lines)
        assert await house.delivered(200) == {"sent": chats * lines}
    assert all(house.cloud.texts(chat) == [f"line {n}" for n in range(lines)] for chat in range(1, chats + 1))
    assert house.cloud.refused["429"] <= chats * lines // 500 and house.cloud.while_closed <= 2


async def test_100_sends_keep_telegrams_limits_and_their_order(polling):
    await paced(polling, chats=25, lines=4)


@pytest.mark.long
@pytest.mark.timeout(300, func_only=True)
async def test_1000_sends_to_100_chats_are_as_fast_as_telegram_allows(polling):
    await paced(polling, chats=100, lines=10)
    assert seconds_of_sending(polling.cloud) < 1.3 * 1000 / OVERALL


async def test_failures_and_refusals_lose_nothing_and_keep_the_order(polling):
    polling.cloud.fault = one_in_seven_fails(random.Random(7))
    async with told(polling.cloud):
        await say(polling, chats=10, lines=4)
        assert await polling.delivered(90) == {"sent": 40}
    doubles = 0
    for chat in range(1, 11):
        texts = polling.cloud.texts(chat)
        once = list(dict.fromkeys(texts))
        assert once == [f"line {n}" for n in range(4)]
        assert texts == sorted(texts)
        doubles += len(texts) - len(once)
    assert doubles <= polling.cloud.lost
    # A request that is under way when Telegram says "retry after" cannot be called back; no other goes out.
    assert polling.cloud.while_closed <= 8 * polling.cloud.refused["429"]


async def test_no_request_goes_out_while_telegram_wants_to_be_left_alone(polling):
    first = iter(["429"])
    polling.cloud.fault = lambda method, parameters: next(first, None) if method == "sendMessage" else None
    polling.cloud.retry_after = 2
    await polling.until(lambda: len(polling.cloud.named("setMyCommands")) == 4)
    await say(polling, chats=1, lines=1)
    await polling.until(lambda: polling.cloud.refused["429"])
    await polling.say(2, "hello")
    assert polling.cloud.while_closed == 0
    assert await polling.delivered() == {"sent": 2}


async def test_a_message_that_telegram_will_not_take_is_skipped_after_one_attempt(polling):
    polling.cloud.fault = lambda method, told: "400" if told.get("text") == "line 1" else None
    await say(polling, chats=1, lines=3)
    assert await polling.delivered() == {"sent": 2, "failed": 1}
    assert polling.cloud.texts(1) == ["line 0", "line 2"]
    assert len(polling.cloud.named("sendMessage")) == 3


async def test_the_buttons_stand_under_the_last_part_and_parts_that_have_gone_are_not_sent_again(polling):
    failures = iter([None, "500"])
    polling.cloud.fault = lambda method, parameters: next(failures, None) if method == "sendMessage" else None
    async with polling.store.write() as session:
        row = await conversations.start(session, channel="telegram", address="1", language="en")
        buttons = [{"title": f"No. {n} 🦄", "button": "x" * 64} for n in range(30)]
        await conversations.tell(session, row, Line(text="word " * 1500, buttons=buttons))
    assert await polling.delivered() == {"sent": 1}
    assert [len(sent.buttons) for sent in polling.cloud.sent[1]] == [0, 30]


async def test_polling_that_repeats_and_shuffles_is_read_once_and_in_order(polling):
    polling.cloud._chance = random.Random(3)
    for number in range(60):
        polling.cloud.hand_out(polling.cloud.text(1 + number % 3, f"message {number}"))
    await polling.until(lambda: not polling.cloud._waiting, 20)
    assert await polling.read() == {"done": 60}
    for chat in (1, 2, 3):
        numbers = [int(text.split()[1]) for text in await polling.shoppers_texts(chat)]
        assert numbers == list(range(chat - 1, 60, 3))
