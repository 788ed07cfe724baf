"""What the measured shoppers say, and how long they wait for each answer."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import aiohttp

from tests.rig.checker import Event
from tests.rig.deeds import APOLOGIES
from tests.rig.shop import Customer
from tests.rig.swarm import Shopper

GIVEN = "{number} / {email}"
VISITS = {
    "en": f"hello / where is my order? / {GIVEN} / what can you do? / when will it arrive? / thank you / goodbye",
    "hy": f"բարև / որտե՞ղ է իմ պատվերը / {GIVEN} / ի՞նչ կարող ես անել / ե՞րբ կհասնի / շնորհակալություն / ցտեսություն",
    "ka": f"გამარჯობა / სად არის ჩემი შეკვეთა? / {GIVEN} / რა შეგიძლია? / როდის მოვა? / მადლობა / ნახვამდის",
}
SCRIPTS = {language: visit.split(" / ") for language, visit in VISITS.items()}
"""One visit: two of its eight turns run an action, two more a form."""
TURNS = 8
ROUND = ("hello", "where is my order?", "{number}", "what can you do?", "thank you")
"""What one conversation says again and again."""


@dataclass
class Told:
    """Seconds of each turn; how many had no answer, or an apology; what was answered, by question."""

    seconds: list[float] = field(default_factory=list)
    empty: int = 0
    apologies: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    wall: float = 0.0

    def add(self, question: str, lines: list[Event], seconds: float) -> None:
        """`question` as the script has it, so that it is the same for every customer."""
        names = [line["name"] for line in lines]
        self.seconds.append(seconds)
        self.empty += not names
        self.apologies += bool(APOLOGIES & set(names))
        self.answers[question] = names


async def visits(url: str, customers: Sequence[Customer], *, side_by_side: int) -> Told:
    """Each customer comes once, in turn in one of three languages, and has the eight turns of a visit."""
    told, began = Told(), time.monotonic()
    waiting = iter(zip(customers, itertools.cycle(SCRIPTS)))

    async def lane(http: aiohttp.ClientSession) -> None:
        for customer, language in waiting:
            shopper = Shopper(url, language=language)
            await shopper.open(http)
            for text in SCRIPTS[language]:
                await _turn(shopper, text, customer, told)
            await shopper.close()

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(lane(http) for _ in range(side_by_side)))
    told.wall = time.monotonic() - began
    return told


async def one_long_conversation(url: str, customer: Customer, *, turns: int) -> Told:
    """So many turns of one conversation."""
    told = Told()
    texts: Iterator[str] = itertools.cycle(ROUND)
    async with aiohttp.ClientSession() as http:
        shopper = Shopper(url)
        await shopper.open(http)
        await _turn(shopper, "where is my order {number}? my email is {email}", customer, told)
        for text in itertools.islice(texts, turns - 1):
            await _turn(shopper, text, customer, told)
        await shopper.close()
    return told


async def _turn(shopper: Shopper, text: str, customer: Customer, told: Told) -> None:
    question = text.format(number=customer.number, email=customer.email)
    began = time.perf_counter()
    lines = await shopper.ask(question, 60)
    told.add(text, lines, time.perf_counter() - began)
