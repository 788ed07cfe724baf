"""The address of the database, read once and named without its password."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from barev.cli.errors import Refused
from barev.settings import Settings

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


def address(settings: Settings) -> URL:
    """The database's address. Raises Refused when it is not of a kind that the store speaks."""
    try:
        url = make_url(settings.database)
    except ArgumentError as error:
        raise Refused(
            f"BAREV_DATABASE_URL is not an address; it begins with {' or '.join(DRIVERS)}."
        ) from error
    if url.drivername not in DRIVERS:
        raise Refused(f"BAREV_DATABASE_URL begins with {url.drivername}; use {' or '.join(DRIVERS)}.")
    return url


def name_of(settings: Settings) -> str:
    """The file, or the server and the database."""
    url = address(settings)
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )
