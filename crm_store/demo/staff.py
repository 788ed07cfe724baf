"""The people of the demo shop who sign in, and where their passwords are kept."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.demo.drawn import data, public_id, utc
from crm_store.models import Staff
from crm_store.passwords import hashed

PASSWORD_BYTES = 12


def passwords_for(known: Mapping[str, str] | None) -> dict[str, str]:
    """A password for each member of staff by e-mail address: the known one, or a new random one."""
    known = known or {}
    return {email: known.get(email) or secrets.token_urlsafe(PASSWORD_BYTES) for email in emails()}


def emails() -> list[str]:
    """By which the demo's staff is known."""
    return [member["email"] for member in data("staff")["staff"]]


async def fill(
    session: AsyncSession, chance: Random, today: datetime, passwords: Mapping[str, str]
) -> list[Staff]:
    """Two agents, a lead and an owner who can sign in with these passwords."""
    people = []
    for member in data("staff")["staff"]:
        digest = await hashed(passwords[member["email"]])
        person = Staff(**member, public_id=public_id(chance), password_hash=digest, created_at=utc(today))
        people.append(person)
    session.add_all(people)
    await session.flush()
    return people


def write_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    """Keep the passwords in this file, which nobody but its owner can read (mode 0600); replaced whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"passwords": dict(passwords)}, file, indent=2)
        file.write("\n")
    new.replace(path)


def read_passwords(path: Path) -> dict[str, str]:
    """The passwords that were kept in this file, by e-mail address; none if there is no such file."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))["passwords"]
    return {str(email): str(password) for email, password in kept.items()}
