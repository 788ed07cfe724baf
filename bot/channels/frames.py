"""The frames of the website channel, version 1: what a client may send, read strictly."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.inbox import LONGEST

Language = Literal["en", "hy", "ka"]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class BadFrame(Exception):
    """A frame that cannot be taken; `code` names why, for the client's `error` frame, `about` its id if it has one."""

    def __init__(self, code: str, about: UUID | str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.about = str(about) if about else None


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Hello(_Frame):
    """The first frame: who was I, what have I seen."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=100)] | None = None
    customer: Annotated[str, Field(max_length=4000)] | None = None
    last_seq: Seq = 0
    language: Language | None = None


class Text(_Frame):
    type: Literal["message"]
    id: Annotated[UUID, Field(strict=False)]
    text: str


class Press(_Frame):
    type: Literal["button"]
    id: Annotated[UUID, Field(strict=False)]
    button: Annotated[str, Field(max_length=100)]


class ChooseLanguage(_Frame):
    type: Literal["language"]
    language: Language


class History(_Frame):
    """The fifty messages before this seq."""

    type: Literal["history"]
    before: Seq


class Typing(_Frame):
    type: Literal["typing"]


class Read(_Frame):
    type: Literal["read"]
    seq: Seq


Frame = Hello | Text | Press | ChooseLanguage | History | Typing | Read
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def read_frame(data: str) -> Frame:
    """A client's frame; raises BadFrame with the code that tells the client what is wrong."""
    try:
        frame = _frames.validate_python(json.loads(data))
    except (ValidationError, ValueError, RecursionError):
        raise BadFrame("bad_frame") from None
    if isinstance(frame, Text):
        if len(frame.text) > LONGEST:
            raise BadFrame("too_long", frame.id)
        if not frame.text.strip():
            raise BadFrame("empty", frame.id)
    return frame


def message_frame(message: Any) -> dict[str, Any]:
    """A row of the transcript as its shopper may see it."""
    return {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "name": message.name,
        "text": message.text,
        "language": message.language,
        "buttons": message.buttons,
        "card": message.card,
        "in_reply_to": message.in_reply_to,
        "at": message.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
