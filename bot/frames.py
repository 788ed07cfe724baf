"""What every socket of ours reads alike: JSON frames of a known shape, and texts that every database takes."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.inbox import LONGEST

Language = Literal["en", "hy", "ka"]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]
Anything = TypeVar("Anything")


def _storable(text: str) -> str:
    """A text that every database takes: no NUL, and half an emoji (a browser may cut one) becomes a question mark."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


class BadFrame(Exception):
    """A frame that cannot be taken; `code` names why, for the client's `error` frame, `about` its id if it has one."""

    def __init__(self, code: str, about: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Text(Shape):
    """Something typed, with the id by which it is taken once."""

    type: Literal["message"]
    id: Id
    text: Annotated[str, AfterValidator(_storable)]


def read(data: str, shapes: TypeAdapter[Anything]) -> Anything:
    """A client's frame as one of these shapes; raises BadFrame with the code that tells the client what is wrong."""
    try:
        frame = shapes.validate_python(json.loads(data))
    except (ValidationError, ValueError, RecursionError):
        raise BadFrame("bad_frame") from None
    if isinstance(frame, Text):
        if len(frame.text) > LONGEST:
            raise BadFrame("too_long", frame.id)
        if not frame.text.strip():
            raise BadFrame("empty", frame.id)
    return frame


def moment(at: Any) -> str:
    """A time as frames carry it: 2026-01-31T10:00:00Z."""
    return str(at.isoformat(timespec="seconds").replace("+00:00", "Z"))
