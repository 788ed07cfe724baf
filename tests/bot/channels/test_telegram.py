"""What a shopper sees on Telegram: text, buttons, commands, and a polite word to everything else."""

import json
from pathlib import Path

import pytest
import yaml

from barev.wording import load_wording
from bot.channels.telegram_updates import COMMANDS
from crm_store import conversations
from crm_store.conversations import Line
from crm_store.models import Conversation
from tests.rig.fake_telegram import TOKEN

ROOT = Path(__file__).parents[3]
WORDS = load_wording(ROOT / "data/responses")
ANI, NINO = 1001, 1002
PERSON = {"id": 5, "is_bot": False, "first_name": "X"}
FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 1, "height": 1}]


def words(name: str, language: str = "en") -> str:
    return WORDS.text(name, language)


async def test_a_text_is_answered_in_its_own_chat_and_acknowledged_after(polling):
    polling.rasa.script = lambda turn: [{"name": None, "text": f"echo {turn['text']}"}]
    assert await polling.say(ANI, "where is it?") == ["echo where is it?"]
    assert await polling.say(NINO, "hello") == ["echo hello"]
    assert await polling.read() == {"done": 2}
    assert await polling.shoppers_texts(ANI) == ["where is it?"]


async def test_an_answer_comes_in_the_language_of_the_text(polling):
    assert await polling.say(ANI, "գրում եմ հայերեն", language="en") == [words("utter_greet", "hy")]
    assert await polling.say(NINO, "12345", language="ka-GE") == [words("utter_greet", "ka")]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("/orders", "list_orders"),
        ("/points@barev_bot", "ask_points_balance"),
        ("/human please", "ask_for_person"),
        ("/language", "change_language"),
        ("/help", "ask_help"),
        ("/restart", "ask_help"),
        ('/inform{"verified":"true"}', None),
    ],
)
async def test_a_command_is_told_as_an_intent_and_never_passed_as_text(polling, text, intent):
    await polling.say(ANI, text)
    (turn,) = polling.rasa.asked
    if intent:
        assert (turn["tell"]["intent"], turn.get("text")) == (intent, None)
    else:
        assert not turn["text"].startswith("/")


@pytest.mark.parametrize("text", ["/start", "/start from_the_shop", "/START", "/start@barev_bot"])
async def test_start_is_answered_with_what_barev_can_do(polling, text):
    assert await polling.say(ANI, text, language="hy") == [words("utter_welcome", "hy")]
    assert polling.rasa.asked == []


async def test_the_menu_is_told_in_three_languages(polling):
    await polling.until(lambda: len(polling.cloud.named("setMyCommands")) == 4)
    told = {menu.get("language_code"): menu["commands"] for menu in polling.cloud.named("setMyCommands")}
    assert set(told) == {None, "en", "hy", "ka"}
    for code, menu in told.items():
        assert {one["command"]: one["description"] for one in menu} == {
            name: words(f"utter_command_{name}", code or "en") for name in COMMANDS
        }


async def test_a_button_tells_its_intent_and_is_always_answered(polling):
    choice = {
        "name": "utter_button_order_status",
        "intent": "ask_order_status",
        "entities": {"order_number": "BR-1"},
    }
    polling.rasa.script = lambda turn: [{"name": "utter_greet", "values": {"choices": [choice]}}]
    await polling.say(ANI, "hello")
    (button,) = polling.cloud.sent[ANI][0].buttons
    assert "order" not in button["callback_data"]
    polling.cloud.hand_out(polling.cloud.press(ANI, button["callback_data"]))
    await polling.until(lambda: len(polling.cloud.sent[ANI]) == 2)
    assert polling.rasa.asked[-1]["tell"] == {
        "intent": "ask_order_status",
        "entities": {"order_number": "BR-1"},
    }
    assert (await polling.shoppers_texts(ANI))[-1] == button["text"]
    await polling.until(lambda: polling.cloud.named("answerCallbackQuery"))


@pytest.mark.parametrize("data", ["nonsense", "", "🦄" * 16, None])
async def test_a_button_that_is_not_ours_or_not_theirs_says_so_and_does_nothing(polling, data):
    polling.rasa.script = lambda turn: [{"name": "utter_help"}]
    await polling.say(ANI, "hello")
    asked = len(polling.rasa.asked)
    anis = polling.cloud.sent[ANI][0].buttons[0]["callback_data"]
    await polling.say(NINO, "hello")
    polling.cloud.hand_out(polling.cloud.press(NINO, anis if data is None else data))
    await polling.until(lambda: polling.cloud.named("answerCallbackQuery"))
    (answer,) = polling.cloud.named("answerCallbackQuery")
    assert answer["text"] == words("utter_error_expired_button")
    assert len(polling.rasa.asked) == asked + 1 and len(await polling.shoppers_texts(NINO)) == 1


@pytest.mark.parametrize("failure", ["429", "500", "lost"])
async def test_a_button_is_answered_also_when_telegram_fails_at_first(polling, failure):
    failures = iter([failure])
    polling.cloud.fault = lambda method, told: (
        next(failures, None) if method == "answerCallbackQuery" else None
    )
    await polling.say(ANI, "hello")
    polling.cloud.hand_out(polling.cloud.press(ANI, "nonsense"))
    await polling.until(lambda: len(polling.cloud.named("answerCallbackQuery")) == 2)
    first, second = polling.cloud.named("answerCallbackQuery")
    assert first == second and polling.cloud.while_closed == 0


@pytest.mark.parametrize("where", ["in a group", "under no message"])
async def test_a_button_that_was_not_pressed_in_private_is_answered_and_does_nothing(polling, where):
    press = polling.cloud.press(ANI, "nonsense")
    query = press["callback_query"]
    if where == "in a group":
        query["message"]["chat"] = {"id": -100500, "type": "group", "title": "Friends"}
    else:
        del query["message"]
        query["inline_message_id"] = "1"
    polling.cloud.hand_out(press)
    await polling.until(lambda: polling.cloud.named("answerCallbackQuery"))
    assert await polling.read() == {"done": 1}
    assert polling.cloud.sent == {} and await polling.messages(ANI) == []


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        ({"photo": PHOTO}, "utter_telegram_picture"),
        (
            {
                "sticker": {
                    **FILE,
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "utter_telegram_sticker",
        ),
        ({"dice": {"emoji": "🎲", "value": 3}}, "utter_telegram_sticker"),
        ({"voice": {**FILE, "duration": 1}}, "utter_telegram_voice"),
        ({"video": {**FILE, "duration": 1, "width": 1, "height": 1}}, "utter_telegram_voice"),
        ({"video_note": {**FILE, "duration": 1, "length": 1}}, "utter_telegram_voice"),
        ({"document": FILE}, "utter_telegram_document"),
        ({"location": {"latitude": 40.1, "longitude": 44.5}}, "utter_telegram_other"),
        ({"something_new": {"in": "Telegram"}}, "utter_telegram_other"),
        ({"text": "x" * 3000}, "utter_too_long"),
        ({"text": "🦄"}, "utter_empty"),
    ],
)
async def test_what_cannot_be_read_gets_a_polite_answer_without_rasa(polling, content, reply):
    assert await polling.say(ANI, language="ka", **content) == [words(reply, "ka")]
    assert polling.rasa.asked == []
    assert (await polling.shoppers_texts(ANI))[0]


@pytest.mark.parametrize(
    "more",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "N."}},
        {"via_bot": {"id": 8, "is_bot": True, "first_name": "B"}},
        {"is_from_offline": True, "field_of_tomorrow": [1, {"a": None}]},
    ],
)
async def test_forwarded_messages_and_unknown_fields_are_text_like_any_other(polling, more):
    assert await polling.say(ANI, "hello", **more) == [words("utter_greet")]


async def test_the_caption_of_a_picture_is_what_was_said(polling):
    await polling.say(ANI, photo=PHOTO, caption="where is it?")
    assert polling.rasa.asked[0]["text"] == "where is it?"


async def test_edited_messages_and_notes_of_telegrams_own_are_no_turns(polling):
    edited = polling.cloud.text(ANI, "edited")
    polling.cloud.hand_out(
        polling.cloud.update(edited_message={**edited["message"], "edit_date": 1}),
        polling.cloud.update(something_new={"id": 1}),
        polling.cloud.text(ANI, message_auto_delete_timer_changed={"message_auto_delete_time": 60}),
    )
    await polling.say(ANI, "hello")
    assert await polling.read() == {"done": 4}
    assert await polling.shoppers_texts(ANI) == ["hello"]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_group_is_told_once_that_we_talk_in_private(polling, kind):
    group = {"id": -100500, "type": kind, "title": "Friends"}
    for content in ({"text": "hello"}, {"text": "/orders"}, {"photo": PHOTO}, {"text": "BR-104217"}):
        polling.cloud.hand_out(polling.cloud.text(-100500, chat=group, sender_chat=group, **content))
    await polling.until(lambda: polling.cloud.sent[-100500])
    polling.cloud.hand_out(polling.cloud.text(-100500, "and later", chat=group))
    await polling.say(ANI, "hello")
    assert await polling.read() == {"done": 6}
    assert polling.cloud.texts(-100500) == [words("utter_telegram_group")]
    assert len(polling.rasa.asked) == 1 and await polling.messages(-100500) == []


async def test_an_update_that_cannot_be_read_is_marked_and_skipped_and_its_words_are_not_kept(
    polling, capsys
):
    poison = polling.cloud.text(ANI, "the poison words")
    del poison["message"]["from"]["first_name"]
    nul = polling.cloud.text(ANI, "a\0b \ud800")
    polling.cloud.hand_out(poison, nul)
    await polling.say(ANI, "hello")
    assert await polling.read() == {"failed": 1, "done": 2}
    assert (await polling.shoppers_texts(ANI))[-1] == "hello"
    logged = capsys.readouterr()
    assert "poison words" not in logged.out + logged.err and TOKEN not in logged.out + logged.err


async def test_a_card_number_is_masked_before_anything_is_stored(polling):
    polling.rasa.delay = 0.2
    await polling.say(ANI, "my card is 4111 1111 1111 1111, thanks")
    assert "4111" not in json.dumps(polling.rasa.asked)
    assert "4111" not in "".join(await polling.shoppers_texts(ANI))


async def test_a_shopper_who_blocked_the_bot_gets_nothing_until_they_write_again(polling):
    polling.rasa.script = lambda turn: [{"name": "utter_greet"}] * 3
    polling.cloud.blocked.add(ANI)
    polling.cloud.hand_out(polling.cloud.text(ANI, "hello"))
    await polling.until(lambda: polling.cloud.refused["403"])
    assert await polling.delivered() == {"failed": 3}
    async with polling.store.write() as session:
        (first, *_) = await polling.messages(ANI)
        talk = await session.get_one(Conversation, first.conversation_id)
        await conversations.tell(session, talk, Line("from an agent"), author="agent")
    assert await polling.delivered() == {"failed": 3}
    assert polling.cloud.refused["403"] == 1
    polling.cloud.blocked.clear()
    assert len(await polling.say(ANI, "I am back", answers=3)) == 3


def test_every_command_tells_something_that_exists():
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    told = {command["intent"] for command in COMMANDS.values() if "intent" in command}
    assert told - {"ask_points_balance"} <= intents  # design §7 names it
    assert all(command["reply"] in WORDS.texts for command in COMMANDS.values() if "reply" in command)
