"""The frames of the desk channel, version 1 (docs/desk-channel.md): what a desk may send, read strictly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.frames import Seq, Shape, Text, Token, read


class _About(Shape):
    """`conversation` is a public id; whether this agent may have it is asked with every frame."""

    conversation: Token


class Open(_About):
    """Look at a conversation; news of it follow until another one is opened. `last_seq`: what is on screen already."""

    type: Literal["open"]
    last_seq: Seq = 0


class Close(Shape):
    """Look at none any more."""

    type: Literal["close"]


class History(_About):
    """The fifty messages before this seq."""

    type: Literal["history"]
    before: Seq


class Take(_About):
    type: Literal["take"]


class Answer(_About, Text):
    """What the agent says; the same id again is stored once."""


class Typing(_About):
    type: Literal["typing"]


class Read(_About):
    """Looked at, up to this message."""

    type: Literal["read"]
    seq: Seq


class GiveBack(_About):
    """Into the waiting list again."""

    type: Literal["give_back"]


class Resolve(_About):
    """Done: the bot answers again."""

    type: Literal["resolve"]


class Reveal(_About):
    """Show the customer whatever the level; an audited act."""

    type: Literal["reveal"]
    reason: Literal["identified_otherwise", "needed_to_answer", "suspected_misuse"]


Frame = Open | Close | History | Take | Answer | Typing | Read | GiveBack | Resolve | Reveal
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def read_frame(data: str) -> Frame:
    """A desk's frame; raises BadFrame with the code that says what is wrong."""
    return read(data, _frames)
