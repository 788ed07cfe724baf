"""The database before the gateway starts: brought to this version, or refused in words."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from barev.cli.errors import Refused
from barev.cli.launch.address import address, name_of
from barev.settings import Settings
from crm_store import demo, schema
from crm_store.db import open_store
from crm_store.errors import NewerDatabase
from crm_store.schema import HistoryNotSafe, State

NEWER = (
    "The database {name} was written by a newer version of Barev; start that version, or restore a backup."
)
UNSAFE = "The database {name} has lost what keeps its history from being changed ({error}); restore a backup."
PUBLIC = (
    "The database {name} holds the demo shop, whose sign-ins everybody knows; BAREV_PUBLIC_URL needs another."
)
CLOSED = "The database {name} cannot be opened: {error}"


async def prepare(settings: Settings) -> None:
    """Bring the database to this version. Raises Refused: also for the demo shop under a public address."""
    address(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        await schema.migrate(settings.database, settings.database_schema)
        is_demo = await _holds_the_demo_shop(settings)
    except (NewerDatabase, HistoryNotSafe, SQLAlchemyError, OSError) as error:
        raise refusal(settings, error) from error
    if is_demo and settings.public_url:
        raise Refused(PUBLIC.format(name=name_of(settings)))


async def refuse_newer(settings: Settings) -> State:
    """How the database stands, without changing it. Raises Refused when a newer version wrote it."""
    address(settings)
    try:
        return await schema.state(settings.database, settings.database_schema, refuse_newer=True)
    except (NewerDatabase, SQLAlchemyError, OSError) as error:
        raise refusal(settings, error) from error


def refusal(settings: Settings, error: Exception) -> Refused:
    """The sentence for what the store raised; never with the password of the database's address."""
    words: dict[type[Exception], str] = {NewerDatabase: NEWER, HistoryNotSafe: UNSAFE}
    text = words.get(type(error), CLOSED)
    return Refused(text.format(name=name_of(settings), error=_first_line(error)))


async def _holds_the_demo_shop(settings: Settings) -> bool:
    store = open_store(settings.database, schema=settings.database_schema)
    try:
        return await demo.is_filled(store)
    finally:
        await store.close()


def _first_line(error: Exception) -> str:
    origin = getattr(error, "orig", None) or error
    return next(iter(str(origin).strip().splitlines()), type(origin).__name__)
