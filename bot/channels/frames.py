"""The frames of the website channel, version 1: what a client may send, read strictly."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from bot.frames import Id, Language, Seq, Shape, Text, Token, moment, read


class Hello(Shape):
    """The first frame: who was I, what have I seen, and the last messages I sent."""

    type: Literal["hello"]
    token: Token | None = None
    customer: Annotated[str, Field(max_length=4000)] | None = None
    last_seq: Seq = 0
    sent: Annotated[list[Id], Field(max_length=20)] = Field(default_factory=list)
    language: Language | None = None


class Press(Shape):
    type: Literal["button"]
    id: Id
    button: Token


class ChooseLanguage(Shape):
    type: Literal["language"]
    language: Language


class History(Shape):
    """The fifty messages before this seq."""

    type: Literal["history"]
    before: Seq


class Typing(Shape):
    type: Literal["typing"]


class Read(Shape):
    type: Literal["read"]
    seq: Seq


Frame = Hello | Text | Press | ChooseLanguage | History | Typing | Read
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def read_frame(data: str) -> Frame:
    """A client's frame; raises BadFrame with the code that tells the client what is wrong."""
    return read(data, _frames)


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
        "at": moment(message.at),
    }
