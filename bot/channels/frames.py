"""The frames of the website channel, version 1: what a client may send, read strictly."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.inbox import LONGEST

Language = Literal["en", "hy", "ka"]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class BadFrame(Exception):
    """A frame that cannot be taken; `code` names why, for the client's `error` frame, `about` its id if it has one."""

    def __init__(self, code: str, about: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Hello(_Frame):
    """The first frame: who was I, what have I seen."""

    type: Literal["hello"]
    token: Token | None = None
    customer: Annotated[str, Field(max_length=4000)] | None = None
    last_seq: Seq = 0
    language: Language | None = None


class Text(_Frame):
    type: Literal["message"]
    id: Id
    text: str


class Press(_Frame):
    type: Literal["button"]
    id: Id
    button: Token


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
        frame = frame.model_copy(update={"text": _storable(frame.text)})
        if len(frame.text) > LONGEST:
            raise BadFrame("too_long", frame.id)
        if not frame.text.strip():
            raise BadFrame("empty", frame.id)
    return frame


def _storable(text: str) -> str:
    """A text that every database takes: no NUL, and half an emoji (a browser may cut one) becomes a question mark."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def message_frame(message: Any, agent: str | None = None) -> dict[str, Any]:
    """A row of the transcript as its shopper may see it; `agent` is the name of who wrote it, where a person did."""
    return {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "agent": agent,
        "name": message.name,
        "text": message.text,
        "language": message.language,
        "buttons": message.buttons,
        "card": message.card,
        "in_reply_to": message.in_reply_to,
        "at": message.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
