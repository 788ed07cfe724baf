"""Send one message of a conversation to its Telegram chat, within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channels.telegram_pace import Pace
from bot.deliveries import Later, Never
from crm_store.models import Message

LONGEST = 4096
"""Characters of one Telegram message, counted as UTF-16 does."""
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
REFUSED_SECONDS = 300.0
"""How long to wait when Telegram refuses our token: only the owner can mend that."""


class TelegramSender:
    """Long texts go out in parts, the buttons under the last one; a part that has gone is not sent again."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace
        self._gone: dict[int, list[str]] = {}  #: message row id → ids of the parts that have gone

    async def send(self, address: str, message: Message) -> str:
        """Telegram's ids of the parts, with commas between. Raises Later or Never."""
        gone = self._gone.pop(message.id, [])
        parts = list(split(message.text))
        try:
            while len(gone) < len(parts):
                last = len(gone) == len(parts) - 1
                markup = _markup(message.buttons) if last else None
                gone.append(await self._send_part(address, parts[len(gone)], markup))
        except Later:
            if gone:
                self._gone[message.id] = gone
            raise
        return ",".join(gone)

    async def _send_part(self, address: str, text: str, markup: Markup | None) -> str:
        if wait := self._pace.closed() or self._pace.chat(address):
            raise Later(wait, reason="our own limits", tried=False)
        await self._pace.turn()
        if wait := self._pace.closed():
            raise Later(wait, reason="our own limits", tried=False)
        try:
            taken = await self._bot.send_message(
                int(address),
                text,
                reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            raise self._judged(error) from error
        return str(taken.message_id)

    def _judged(self, error: TelegramError) -> Later | Never:
        name = type(error).__name__
        match error:
            case RetryAfter():
                self._pace.stop(seconds_of(error))
                return Later(self._pace.closed(), reason=name)
            case Forbidden():
                return Never("blocked", blocked=True)
            case BadRequest() if "chat not found" in error.message.lower():
                return Never("no such chat", blocked=True)
            case BadRequest() | ChatMigrated():
                return Never(name)
            case InvalidToken() | EndPointNotFound() | Conflict():
                return Later(REFUSED_SECONDS, reason=name)
        return Later(reason=name)  # away, slow, or broken: 5xx and everything on the way there


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    after = error.retry_after
    return float(after if isinstance(after, int | float) else after.total_seconds())


def split(text: str) -> Iterator[str]:
    """Parts that Telegram takes, cut at paragraphs, lines or words where that is possible."""
    rest = text.strip()
    while _length(rest) > LONGEST:
        room = LONGEST
        while (over := _length(rest[:room]) - LONGEST) > 0:
            room -= (over + 1) // 2  # a character counts as two at most
        cut = next(
            (at for sign in ("\n\n", "\n", " ") if (at := rest.rfind(sign, room // 2, room)) > 0), room
        )
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _markup(buttons: list[dict[str, str]]) -> Markup:
    """Buttons one below the other; what is pressed comes back as the opaque token, at most 64 bytes.

    A button that asks for the contact stands in the place of the keyboard, alone: Telegram shows only one kind. Any
    message without buttons takes that keyboard away; where there is none this means nothing.
    """
    asking = [KeyboardButton(one["title"], request_contact=True) for one in buttons if "asks" in one]
    if asking:
        return ReplyKeyboardMarkup([asking], resize_keyboard=True, one_time_keyboard=True)
    if not buttons:
        return ReplyKeyboardRemove()
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one["title"], callback_data=one["button"])] for one in buttons]
    )
