"""What the first command of the README gives: the shop page, and shoppers who are told about their own orders."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from barev.cli.launch.model import model_file
from barev.settings import ROOT, Settings, load_secrets
from tests.browser.hands import WORDING, flat, say, until
from tests.rig.model import trained
from tests.rig.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

QUESTIONS = {"en": "where is my order?", "hy": "որտե՞ղ է պատվերս", "ka": "სად არის ჩემი შეკვეთა?"}
GATEWAY_SECONDS = 3.0
ALL_SECONDS = 120.0


@dataclass
class Up:
    """`barev up` as a process, and what it has printed so far."""

    process: subprocess.Popen[str]
    settings: Settings
    printed: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def until_printed(self, text: str) -> None:
        """Read on until a line has this in it; whoever reads nothing more for too long fails."""
        assert self.process.stdout is not None
        while text not in self.printed:
            line = await asyncio.wait_for(asyncio.to_thread(self.process.stdout.readline), ALL_SECONDS)
            assert line, self.printed
            self.printed += line


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    """Nothing is there but the trained model."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("up"),
        port=free_port(),
        rasa_port=free_port(),
        actions_port=free_port(),
    )
    model = await asyncio.to_thread(trained, load_secrets(settings))
    model_file(settings).parent.mkdir()
    model_file(settings).symlink_to(model)
    ports = {
        f"BAREV_{name.upper()}": str(getattr(settings, name))
        for name in ("port", "rasa_port", "actions_port")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "barev.cli", "up"],
        cwd=ROOT,
        env={**os.environ, **ports, "BAREV_DATA_DIR": str(settings.data_dir), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield Up(process, settings)
    process.kill()
    process.wait()


def shoppers(up: Up) -> dict[str, dict[str, Any]]:
    """What `barev demo --json` says one can be there, by language."""
    told = subprocess.run(
        [sys.executable, "-m", "barev.cli", "demo", "--json"],
        cwd=ROOT,
        env={**os.environ, "BAREV_DATA_DIR": str(up.settings.data_dir)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {shopper["language"]: shopper for shopper in json.loads(told.stdout)["shoppers"]}


async def at_the_shop(browser: Browser, up: Up, language: str) -> Locator:
    """The shop's page as a shopper finds it, the chat opened with its button."""
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{up.url}/shop?lang={language}")
    await page.locator("barev-chat button").first.click()
    log = page.locator("barev-chat [role=log]")
    await expect(log).to_be_visible()
    return log


def text(name: str, language: str, **values: str) -> str:
    return flat(WORDING.text(name, language, values))


async def test_the_gateway_is_up_within_three_seconds_and_answers_once_rasa_is_there(
    browser: Browser, up: Up
) -> None:
    await up.until_printed("the gateway is up after")
    seconds = float(re.search(r"the gateway is up after ([\d.]+) s", up.printed)[1])  # type: ignore[index]
    assert seconds <= GATEWAY_SECONDS
    log = await at_the_shop(browser, up, "hy")
    await say(log.page, QUESTIONS["hy"])
    await until(log, lambda now: text("utter_starting", "hy") in now)
    await until(log, lambda now: text("utter_ask_order_number", "hy") in now, seconds=ALL_SECONDS)
    await log.page.context.close()


@pytest.mark.parametrize("language", ["en", "hy", "ka"])
async def test_whom_it_prints_is_told_where_the_printed_order_is(
    browser: Browser, up: Up, language: str
) -> None:
    await up.until_printed("Ctrl-C ends it")
    shopper = shoppers(up)[language]
    number = shopper["orders"][0]["number"]
    printed = next(line for line in up.printed.splitlines() if shopper["email"] in line)
    assert number in printed and shopper["name"] in printed

    log = await at_the_shop(browser, up, language)
    for typed, answer in (
        (QUESTIONS[language], text("utter_ask_order_number", language)),
        (number, text("utter_ask_contact", language, order_number=number)),
        (shopper["email"], text(f"utter_word_order_status_{shopper['orders'][0]['status']}", language)),
    ):
        await say(log.page, typed)
        await until(log, lambda now, answer=answer: answer in now)
    await log.page.context.close()


async def test_ctrl_c_ends_all_it_started_within_seconds(up: Up) -> None:
    await up.until_printed("Ctrl-C ends it")
    started = psutil.Process(up.process.pid).children(recursive=True)
    assert len(started) >= 3
    began = time.monotonic()
    up.process.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(up.process.wait, 15) == 0
    assert time.monotonic() - began < 10
    assert not [child for child in started if child.is_running()]
