"""`barev staff`: who may sign in to the desk and the owner's pages."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from barev.cli.errors import Refused
from barev.cli.launch import database
from barev.settings import Settings, load_settings
from crm_store import passwords
from crm_store import staff as members
from crm_store.db import open_store
from crm_store.errors import AlreadyThere, WeakPassword
from crm_store.models import Staff

Role = StrEnum("Role", ["agent", "lead", "owner"])
Language = StrEnum("Language", ["en", "hy", "ka"])
Email = Annotated[str, typer.Argument(help="Their e-mail address, by which they sign in.")]
OneTime = Annotated[
    bool, typer.Option("--one-time", help="Make a password that is good for one sign-in within a day.")
]
Done = TypeVar("Done")


def staff() -> None:
    """The people who sign in: add, disable, list them, or give a new password."""


def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Shoppers see it when they answer.")],
    role: Annotated[Role, typer.Option(help="What they may do: an owner may all, a lead what an agent may.")],
    language: Annotated[Language, typer.Option(help="Of their pages.")] = Language.en,
    one_time: OneTime = False,
) -> None:
    """Let somebody sign in. The password is asked for, never an argument; the first owner gets a one-time password."""
    settings = load_settings()
    everybody = _in_store(settings, members.everybody)
    one_time = one_time or (role == Role.owner and not any(one.role == "owner" for one in everybody))
    password = _new_password(email, name, one_time)

    async def added(session: AsyncSession) -> Staff:
        digest = await passwords.hashed(password)
        return await members.add(
            session,
            email=email,
            name=name,
            role=role,
            language=language,
            password_hash=digest,
            one_time=one_time,
        )

    try:
        person = _in_store(settings, added)
    except AlreadyThere:
        raise Refused(f"{email} is there already; 'barev staff list' shows everybody.") from None
    except ValueError:
        raise Refused("That is no e-mail address, or the name is empty.") from None
    _tell(settings, person, password if one_time else None)


def disable(email: Email) -> None:
    """Let somebody sign in no more; where they are signed in, it ends within seconds, and whom they were answering
    waits for somebody else."""

    async def disabled(session: AsyncSession) -> None:
        await members.disable(session, await _known(session, email))

    _in_store(load_settings(), disabled)
    print(f"{email} cannot sign in any more.")


def password(email: Email, one_time: OneTime = False) -> None:
    """Give somebody a new password; where they are signed in, it ends."""
    settings = load_settings()
    person = _in_store(settings, lambda session: _known(session, email))
    new = _new_password(email, person.name, one_time)

    async def changed(session: AsyncSession) -> Staff:
        digest = await passwords.hashed(new)
        person = await _known(session, email)
        await members.set_password(session, person, digest, one_time=one_time)
        return person

    _tell(settings, _in_store(settings, changed), new if one_time else None)


def list_() -> None:
    """Show who may sign in."""
    table = Table(box=None, pad_edge=False)
    for heading in ("e-mail", "name", "role", "language", ""):
        table.add_column(heading, header_style="dim")
    for one in _in_store(load_settings(), members.everybody):
        table.add_row(one.email, one.name, one.role, one.language, "disabled" if one.disabled_at else "")
    Console().print(table)


COMMANDS = {"add": add, "disable": disable, "list": list_, "password": password}


def _in_store(settings: Settings, work: Callable[[AsyncSession], Awaitable[Done]]) -> Done:
    """Do it in one transaction; the database is brought to this version first."""

    async def doing() -> Done:
        await database.prepare(settings)
        store = open_store(settings.database, schema=settings.database_schema)
        try:
            async with store.write() as session:
                return await work(session)
        finally:
            await store.close()

    return asyncio.run(doing())


async def _known(session: AsyncSession, email: str) -> Staff:
    person = await members.find(session, email)
    if person is None:
        raise Refused(f"Nobody has the address {email}; 'barev staff list' shows everybody.")
    return person


def _new_password(email: str, name: str, one_time: bool) -> str:
    if one_time:
        return passwords.random_password()
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        typed = sys.stdin.readline().rstrip("\n")
    try:
        return passwords.good_enough(typed, not_like=(email.partition("@")[0], *name.split()))
    except WeakPassword:
        raise Refused(
            f"The password is easy to guess: use at least {passwords.LEAST} characters, without the name."
        ) from None


def _tell(settings: Settings, person: Staff, one_time: str | None) -> None:
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    print(f"{person.email} signs in at {address}/staff/sign-in")
    if one_time:
        print(f"with the one-time password {one_time} within a day, and then chooses their own.")
