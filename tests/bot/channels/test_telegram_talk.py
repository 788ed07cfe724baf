"""The conversations of the website over Telegram, with the real assistant: in three languages, through a cloud that
repeats and shuffles updates, refuses, fails, and loses answers after it has done what it was asked."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from barev.settings import ROOT
from barev.wording import load_wording
from crm_store import handoffs
from crm_store.models import Conversation, Order, Rating
from tests.bot.desk.hands import Agent, Desk
from tests.rig.mail_server import Postbox
from tests.rig.telegram_shopper import Shopper
from tests.rig.telegram_town import Known, Town, town
from tests.rig.whole import Whole

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

WORDS = load_wording(ROOT / "data/responses")
SOMEBODY_ELSE = 77


@dataclass(frozen=True)
class Talk:
    """What a shopper writes in one language."""

    where: str
    how_many: str
    broken: str
    greeting: str  #: an agent's
    meanwhile: str


TALKS = {
    "en": Talk(
        "where's my order",
        "how many points do I have",
        "it was broken when it came",
        "Good day, I am looking into it.",
        "thank you, I am waiting",
    ),
    "hy": Talk(
        "որտե՞ղ է պատվերս",
        "քանի՞ միավոր ունեմ",
        "կոտրված էր, երբ ստացա",
        "Բարև Ձեզ, արդեն նայում եմ։",
        "շնորհակալություն, սպասում եմ",
    ),
    "ka": Talk(
        "სად არის ჩემი შეკვეთა",
        "რამდენი ქულა მაქვს?",
        "გატეხილი მოვიდა",
        "გამარჯობა, უკვე ვამოწმებ.",
        "მადლობა, გელოდებით",
    ),
}


async def order_and_rating(shopper: Shopper, who: Known, talk: Talk) -> None:
    """Where the order is; it was delivered, so it may be rated, and the low rating gets words."""
    press = WORDS.text
    assert await shopper.say(talk.where) == ["utter_ask_order_number"]
    assert await shopper.say(who.number) == ["utter_ask_contact"]
    assert await shopper.say(who.email) == ["utter_order_status_delivered"]
    assert await shopper.press(press("utter_button_rate_order", shopper.language)) == ["utter_ask_rating"]
    assert await shopper.press(press("utter_button_rate_2", shopper.language)) == ["utter_rating_low"]
    assert await shopper.say(talk.broken) == ["utter_comment_thanks_low"]
    async with shopper.chats.store.read() as session:
        about = select(Rating).join(Order, Order.id == Rating.order_id).where(Order.number == who.number)
        rating = (await session.scalars(about)).one()
    assert (rating.score, rating.comment, rating.channel) == (2, talk.broken, "telegram")


async def points_after_a_shared_contact(shopper: Shopper, who: Known, talk: Talk) -> None:
    """Somebody else's contact shows nothing; the own one does, and the balance and its reason follow."""
    cloud = shopper.chats.cloud
    assert await shopper.say("/points") == ["utter_share_phone_or_email"]
    assert cloud.keyboards[shopper.chat][0]["request_contact"]
    assert await shopper.share(who.phone, of=SOMEBODY_ELSE) == ["utter_contact_unknown"]
    again = WORDS.text("utter_button_try_again", shopper.language)
    assert await shopper.press(again) == ["utter_share_phone_or_email"]
    told = ["utter_contact_right", "utter_points_balance"]
    assert await shopper.share(who.phone.removeprefix("+"), of=shopper.chat) == told
    assert shopper.chat not in cloud.keyboards
    assert "240" in cloud.texts(shopper.chat)[-1]
    why = WORDS.text("utter_button_points_history", shopper.language)
    assert await shopper.press(why) == ["utter_points_history"]
    assert {"340", "100"} <= set(re.findall(r"\d+", cloud.texts(shopper.chat)[-1]))
    assert await shopper.say("/orders") == ["utter_orders_list"]


async def points_after_a_code(shopper: Shopper, who: Known, talk: Talk, box: Postbox) -> None:
    assert await shopper.say(talk.how_many) == ["utter_share_phone_or_email"]
    assert await shopper.say(who.email) == ["utter_code_sent"]
    code = re.search(r"\b\d{6}\b", (await box.next_to(who.email)).get_content())
    assert code
    assert await shopper.say(code[0]) == ["utter_code_right", "utter_points_balance"]
    assert shopper.chat not in shopper.chats.cloud.keyboards
    assert "240" in shopper.chats.cloud.texts(shopper.chat)[-1]


async def help_and_language(shopper: Shopper) -> None:
    """What a command means is the same in every language, and an unknown one asks for help."""
    assert await shopper.say("/help") == ["utter_help"]
    assert await shopper.say("/nonsense") == ["utter_help"]
    assert await shopper.say("/language") == ["utter_which_language"]
    own = WORDS.text(f"utter_button_language_{shopper.language}", shopper.language)
    assert await shopper.press(own) == ["utter_language_changed"]


async def a_person(shopper: Shopper, talk: Talk, agents: Sequence[Agent]) -> None:
    """Two agents reach for it and one gets it; meanwhile the assistant is silent, and afterwards it is back."""
    assert await shopper.say("/human") == ["utter_handed_off"]
    conversation = await shopper.chats.conversation(shopper.chat)
    assert conversation
    async with shopper.chats.store.read() as session:
        row = await session.get_one(Conversation, conversation.id)
        waiting = await handoffs.open_one(session, row)
    assert waiting and (waiting.state, waiting.language) == ("waiting", shopper.language)
    assert waiting.packet["points"] == 240

    desks = [await one.desk() for one in agents]
    for desk in desks:
        await desk.ask("open", row.public_id, "conversation")
    await asyncio.gather(*(desk.send("take", row.public_id) for desk in desks))
    met = await asyncio.gather(*(how_it_went(desk) for desk in desks))
    won = [desk for desk, frame in zip(desks, met, strict=True) if frame.get("mine")]
    lost = [frame for frame in met if not frame.get("mine")]
    assert (len(won), [(one.get("code"), bool(one["by"])) for one in lost]) == (1, [("already_taken", True)])
    (desk,) = won

    await desk.answer(row.public_id, talk.greeting)
    for text in ("/restart", talk.meanwhile):
        await shopper.hand_over(shopper.chats.cloud.text(shopper.chat, text, language=shopper.language))
        seq = (await desk.next("message", timeout=30, author="shopper", text=text))["seq"]
    await turn_over(shopper, seq)  # what has not had its turn when the assistant is back is answered by it
    await desk.send("resolve", row.public_id)
    await desk.next("state", state="over")
    question = WORDS.text("utter_rate_help", shopper.language)
    await shopper.chats.until(lambda: shopper.chats.cloud.texts(shopper.chat)[-1] == question, 60)
    assert await shopper.press(WORDS.text("utter_button_rate_5", shopper.language)) == ["utter_help_rated"]
    assert await shopper.say("/help") == ["utter_help"]
    said = [message for message in await shopper.chats.messages(shopper.chat) if message.author != "shopper"]
    names = [message.name or message.text for message in said]
    since = names[names.index("utter_handed_off") + 1 :]
    told = ["utter_person_joined", talk.greeting, "utter_bot_resumes", "utter_rate_help", "utter_help_rated"]
    assert since == [*told, "utter_help"]
    for one in desks:
        await one.socket.close()


async def turn_over(shopper: Shopper, seq: int) -> None:
    async with asyncio.timeout(30):
        while (row := await shopper.chats.conversation(shopper.chat)) is None or row.answered_seq < seq:
            await asyncio.sleep(0.05)


async def how_it_went(desk: Desk) -> dict[str, Any]:
    """What an agent who wants to take a conversation is told: that it is theirs, or why not."""
    while not (frame := await desk.first("state", "error")).get("mine", frame["type"] == "error"):
        pass
    return frame


async def everything(town: Town, language: str) -> int:
    """One shopper, first on one phone, then on another; how many messages came more than once."""
    talk, who = TALKS[language], await town.known()
    first, second = town.shopper(language), town.shopper(language)
    for shopper in (first, second):
        assert await shopper.say("/start") == ["utter_welcome"]
    await order_and_rating(first, who, talk)
    await points_after_a_shared_contact(first, who, talk)
    await points_after_a_code(second, who, talk, town.box)
    await help_and_language(second)
    await a_person(first, talk, town.agents)
    return sum([await shopper.assert_shown() for shopper in (first, second)])


async def all_at_once(town: Town, shoppers: int) -> None:
    repeated = await asyncio.gather(
        *(everything(town, language) for language in TALKS for _ in range(shoppers))
    )
    cloud = town.chats.cloud
    sent = sum(len(cloud.sent[chat]) for chat in cloud.sent)
    print(f"{sent} messages, refused {dict(cloud.refused)}, answers lost {cloud.lost}, twice {sum(repeated)}")
    assert sum(repeated) <= cloud.lost
    pressed = {query["callback_query_id"] for query in cloud.named("answerCallbackQuery")}
    assert len(pressed) == 6 * shoppers * len(TALKS)


async def test_order_rating_points_and_a_person_in_three_languages_at_once(whole: Whole):
    async with town(whole, random.Random(5)) as opened:
        await all_at_once(opened, 1)


@pytest.mark.long
@pytest.mark.timeout(300, func_only=True)
@pytest.mark.parametrize("public_url", ["", "https://chat.shop.example"], ids=["polling", "webhook"])
async def test_thirty_shoppers_at_once(whole: Whole, public_url: str):
    async with town(whole, random.Random(6), public_url=public_url) as opened:
        await all_at_once(opened, 10)
