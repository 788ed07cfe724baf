"""What an update of Telegram's means: only translation, nothing is stored or sent here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from telegram import Message, Update, User

from bot.inbox import LONGEST
from bot.messages import Incoming

WANTED = ("message", "callback_query")
"""The kinds of update that Telegram is asked for; edited messages are no new turns."""

COMMANDS: dict[str, dict[str, Any]] = {
    "start": {"reply": "utter_welcome"},
    "orders": {"intent": "list_orders", "entities": {}},
    "points": {"intent": "ask_points_balance", "entities": {}},
    "human": {"intent": "ask_for_person", "entities": {}},
    "language": {"intent": "change_language", "entities": {}},
    "help": {"intent": "ask_help", "entities": {}},
}
"""In the order of the menu. What a command means is told, its text never reaches Rasa; an unknown one asks for help."""

WORDLESS = {
    "picture": ("photo",),
    "sticker": ("sticker", "dice", "game"),
    "voice": ("voice", "audio", "video", "video_note", "story"),
    "document": ("animation", "document", "paid_media"),
}
NOT_SAID = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "boost_added",
)
"""Notes of Telegram's own about the chat: nobody said anything."""
_command = re.compile(r"/(\w{1,32})(?:@\w+)?(?=\s|$)", re.ASCII)


@dataclass(frozen=True)
class Seen:
    """An update as it matters to us. Without `incoming` there is nothing to take in.

    `shown`: which word stands in the transcript for something without words. `callback`: the pressed button's query,
    which must be answered.
    """

    chat: str | None
    private: bool = True
    language: str | None = None  #: of the sender's own Telegram
    incoming: Incoming | None = None
    shown: str | None = None
    callback: str | None = None


def read(update: Update) -> Seen:
    """What this update says; an empty Seen for what is none of our business."""
    if query := update.callback_query:
        chat = query.message.chat if query.message else None
        if chat is None or chat.type != chat.PRIVATE:
            return Seen(None, callback=query.id)
        pressed = Incoming(external_id=f"c{query.id}", button=query.data or "")
        return Seen(str(chat.id), language=_language(query.from_user), incoming=pressed, callback=query.id)
    message = update.message
    if message is None:
        return Seen(None)
    language = _language(message.from_user)
    if message.chat.type != message.chat.PRIVATE:
        return Seen(str(message.chat.id), private=False, language=language)
    if any(getattr(message, name) for name in NOT_SAID):
        return Seen(None)
    incoming, shown = _said(message)
    return Seen(str(message.chat.id), language=language, incoming=incoming, shown=shown)


def _language(user: User | None) -> str | None:
    """What the sender's Telegram is in: "hy" of "hy" and of "hy-AM"."""
    return user.language_code.partition("-")[0] if user and user.language_code else None


def _said(message: Message) -> tuple[Incoming, str | None]:
    id_ = f"m{message.message_id}"
    if message.contact:
        return _contact(message, id_), "contact"
    text = message.text or message.caption
    if text is None:
        what = next(
            (what for what, names in WORDLESS.items() if any(getattr(message, n) for n in names)), "other"
        )
        kind = "unsupported" if what == "other" else "attachment"
        return Incoming(id_, text="", kind=kind, told={"reply": f"utter_telegram_{what}"}), what
    if command := _command.match(text):
        return Incoming(id_, text=text, told=COMMANDS.get(command[1].lower(), COMMANDS["help"])), None
    told = {"reply": "utter_too_long"} if len(text) > LONGEST else None
    return Incoming(id_, text=text, told=told), None


def _contact(message: Message, id_: str) -> Incoming:
    """A shared contact gives a phone number; whether it is the sender's own, Telegram knows by the account's id.

    Telegram writes numbers with the country code, sometimes without the plus.
    """
    assert message.contact
    number = message.contact.phone_number.strip()
    number = number if number.startswith(("+", "0")) else f"+{number}"
    own = message.from_user is not None and message.contact.user_id == message.from_user.id
    return Incoming(
        id_,
        text="",
        kind="contact",
        told={"intent": "inform", "entities": {"phone": number}},
        values={"phone": number, "own": own},
    )
