"""What ends a command with one sentence."""

from __future__ import annotations

from pydantic import ValidationError


class Refused(Exception):
    """The command cannot be carried out; the message is one whole sentence for whoever typed it."""


def sentence(error: BaseException) -> str:
    """One line saying what went wrong; what nobody foresaw is named with its type."""
    if isinstance(error, ValidationError):
        return " ".join(_of_setting(one["loc"], one["msg"]) for one in error.errors())
    text = " ".join(str(error).split())
    if isinstance(error, Refused):
        return text
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    named = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{named}. Run it again with 'barev --debug ...' to see where."


def _of_setting(where: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ").rstrip(".")
    name = f"BAREV_{str(where[0]).upper()}" if where else ""
    return f"{text}." if not name or name in text else f"{name}: {text}."
