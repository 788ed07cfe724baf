"""The webhook: every update once and in order however often it comes, and nothing from anybody else."""

import random
import time
from collections import Counter
from collections.abc import Iterator

import aiohttp
import pytest
from sqlalchemy import func, select

from crm_store.models import Message, TelegramUpdate
from tests.bot.channels.conftest import House
from tests.rig.fake_telegram import SECRET, Update, push

CHATS = 50
FORGERIES = [None, "", "x", "x" * 5000, "ключ", "{secret}x", "{secret} {secret}", "{SECRET}"]


def shuffled(updates: list[Update], chance: random.Random) -> Iterator[Update]:
    """Each three times, out of order within windows of 20."""
    for start in range(0, len(updates), 20):
        window = updates[start : start + 20] * 3
        chance.shuffle(window)
        yield from window


async def storm(hooked: House, count: int) -> None:
    chance, began = random.Random(count), time.monotonic()
    chats = [chance.randrange(CHATS) + 1 for _ in range(count)]
    updates = [hooked.cloud.text(chat, f"message {number}") for number, chat in enumerate(chats)]
    statuses, seconds = await push(hooked.hook, hooked.secrets.telegram, list(shuffled(updates, chance)))
    assert statuses == {200: 3 * count}
    assert await hooked.read(300) == {"done": count}
    print(f"{count} updates: all read after {time.monotonic() - began:.1f} s")
    for chat in set(chats):
        assert await hooked.shoppers_texts(chat) == [
            f"message {n}" for n, one in enumerate(chats) if one == chat
        ]
    seconds.sort()
    half, most = (seconds[len(seconds) * part // 100] for part in (50, 95))
    print(f"{count} updates: acknowledged p50 {half:.3f} s, p95 {most:.3f} s")


async def test_200_updates_that_come_three_times_over_40_connections_are_read_once_and_in_order(hooked):
    await storm(hooked, 200)


@pytest.mark.long
@pytest.mark.timeout(600, func_only=True)
async def test_2000_updates_that_come_three_times_over_40_connections_are_read_once_and_in_order(hooked):
    await storm(hooked, 2000)


async def forge(hooked: House, count: int) -> None:
    secret = hooked.secrets.telegram
    statuses: Counter[int] = Counter()
    for forged in FORGERIES:
        given = None if forged is None else forged.format(secret=secret, SECRET=secret.swapcase())
        updates = [hooked.cloud.text(1, "let me in") for _ in range(count // len(FORGERIES))]
        statuses += (await push(hooked.hook, given, updates, connections=20))[0]
    assert statuses == {403: count // len(FORGERIES) * len(FORGERIES)}
    async with hooked.store.read() as session:
        for table in (TelegramUpdate, Message):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_500_forged_updates_are_refused_and_leave_no_row(hooked):
    await forge(hooked, 504)


@pytest.mark.long
@pytest.mark.timeout(300, func_only=True)
async def test_10000_forged_updates_are_refused_and_leave_no_row(hooked):
    await forge(hooked, 10_000)


async def test_telegram_is_told_the_address_and_the_secret(hooked):
    await hooked.until(lambda: hooked.cloud.named("setWebhook"))
    (told,) = hooked.cloud.named("setWebhook")
    assert told["url"] == "https://chat.shop.example/telegram/updates"
    assert told["secret_token"] == hooked.secrets.telegram
    assert told["allowed_updates"] == ["message", "callback_query"]


async def test_a_polling_bot_has_no_webhook(polling):
    async with aiohttp.ClientSession() as http:
        headers = {SECRET: polling.secrets.telegram}
        async with http.post(polling.hook, json=polling.cloud.text(1, "x"), headers=headers) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 400),
        (b"[" * 100_000, 400),
        (b"[]", 200),
        (b"{}", 200),
        (b'{"update_id": true}', 200),
        (b'{"update_id": 99999999999999999999999}', 200),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_what_is_no_update_leaves_no_row(hooked, body, status):
    async with aiohttp.ClientSession() as http:
        headers = {SECRET: hooked.secrets.telegram}
        async with http.post(hooked.hook, data=body, headers=headers) as answer:
            assert answer.status == status
    assert await hooked.read() == {}
