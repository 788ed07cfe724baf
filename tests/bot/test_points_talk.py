"""Points asked for in a whole Barev: the address, the mail, the code, the answer; and the code stands nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.rig.mail_server import mail_server
from tests.rig.swarm import Shopper, swarm
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

QUESTIONS = {
    "en": ("how many points do I have", "where did my points go"),
    "hy": ("քանի՞ միավոր ունեմ", "միավորներիս պատմությունը"),
    "ka": ("რამდენი ქულა მაქვს?", "სად წავიდა ჩემი ქულები?"),
}


async def names(shopper: Shopper, text: str) -> list[str]:
    return [line["name"] for line in await shopper.ask(text, 60)]


@pytest.mark.parametrize("language", QUESTIONS)
async def test_after_a_code_the_assistant_carries_on_with_what_was_asked(whole: Whole, language: str):
    customer = whole.customers.pop()
    how_many, why = QUESTIONS[language]
    port = urlsplit(whole.house.settings.smtp_url.get_secret_value()).port or 0
    async with mail_server(port) as (box, _), swarm(whole.house.url, 1, language=language) as (shopper,):
        assert await names(shopper, how_many) == ["utter_ask_confirm_form_contact"]
        assert await names(shopper, "+374 91 000001") == [
            "utter_explain_email",
            "utter_ask_confirm_form_contact",
        ]
        assert await names(shopper, customer.email) == ["utter_code_sent"]
        code = re.search(r"\b\d{6}\b", (await box.next_to(customer.email)).get_content())
        assert code
        wrong = f"{(int(code[0]) + 1) % 1_000_000:06}"
        assert await names(shopper, wrong) == ["utter_code_wrong"]
        assert await names(shopper, code[0]) == ["utter_code_right", "utter_points_balance"]
        assert await names(shopper, why) == ["utter_points_history_none"]
        assert await names(shopper, code[0]) == ["utter_code_expired"]
    assert files_with(code[0], whole.house.settings.data_dir) == []


async def test_an_unknown_address_hears_the_same_and_gets_nothing(whole: Whole):
    port = urlsplit(whole.house.settings.smtp_url.get_secret_value()).port or 0
    async with mail_server(port) as (box, _), swarm(whole.house.url, 1) as (shopper,):
        await shopper.ask("how many points do I have", 60)
        assert await names(shopper, "nobody.at.all@example.com") == ["utter_code_sent"]
        assert await names(shopper, "000000") == ["utter_code_wrong"]
        assert not [mail for mail in box.mails if mail["To"] == "nobody.at.all@example.com"]


async def test_a_right_code_from_elsewhere_and_64_times_at_once_succeeds_once_and_stands_nowhere(
    whole: Whole,
):
    """Both conversations have asked for a code of their own; the same digits help only where they were asked for."""
    folder = whole.house.settings.data_dir
    mine, theirs = whole.customers.pop(), whole.customers.pop()
    port = urlsplit(whole.house.settings.smtp_url.get_secret_value()).port or 0
    async with mail_server(port) as (box, _), swarm(whole.house.url, 2) as (shopper, thief):
        codes = []
        for who, customer in ((shopper, mine), (thief, theirs)):
            await who.ask("how many points do I have", 60)
            assert await names(who, customer.email) == ["utter_code_sent"]
            mail = (await box.next_to(customer.email)).get_content()
            codes += re.findall(r"\b\d{6}\b", mail)[:1]
        assert await names(thief, codes[0]) == ["utter_code_wrong"]
        ids = [await shopper.say(codes[0]) for _ in range(64)]
        said = [line["name"] for id_ in ids for line in await shopper.answers(id_, 120)]
        assert await names(thief, codes[0]) == ["utter_code_wrong"]
    assert sorted(said) == ["utter_code_expired"] * 63 + ["utter_code_right", "utter_points_balance"]
    assert files_with(codes[0], folder) == []
    # It would be seen: what was typed openly stands in the store and in Rasa's tracker, and there are logs.
    seen = {path.name.partition("-")[0] for path in files_with(mine.email, folder)}
    assert {"barev.db", "tracker.db"} <= seen
    assert {path.name for path in (folder / "logs").iterdir()} >= {"gateway.log", "rasa.log", "actions.log"}


def files_with(code: str, folder: Path) -> list[Path]:
    """Databases, trackers and logs that hold the code as a number of its own."""
    alone = re.compile(rb"(?<![0-9a-f.])" + re.escape(code.encode()) + rb"(?![0-9a-f])")
    return [path for path in folder.rglob("*") if path.is_file() and alone.search(path.read_bytes())]
