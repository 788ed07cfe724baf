"""What alembic runs around the revisions; crm_store/schema.py hands it the open connection.

Started by alembic's own command it opens the database named by BAREV_DATABASE_URL itself.
"""

import asyncio
import os
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection

from crm_store import schema
from crm_store.migrations import append_only
from crm_store.models import Base
from crm_store.models.base import UtcDateTime


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Revisions name SQLAlchemy's types, not ours: they must still run when ours have moved."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):  # alembic forgets an import in what it would write
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
    )
    context.run_migrations()
    if context.get_context().get_current_heads():
        append_only.ensure(connection)


async def run_alone() -> None:
    async with schema.connected(os.environ["BAREV_DATABASE_URL"]) as connection:
        await connection.run_sync(run)


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_alone())
else:
    run(given)
