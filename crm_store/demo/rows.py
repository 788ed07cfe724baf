"""Rows of many tables with running keys, so that they can refer to each other before the store has seen them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.models import Base

Row = dict[str, Any]


class Rows:
    """What is to be put into tables that are still empty."""

    def __init__(self) -> None:
        self._tables: dict[str, list[Row]] = {}

    def add(self, model: type[Base], **values: Any) -> Row:
        """A new row; its key is the next of its table. All rows of a table name the same columns."""
        rows = self.of(model)
        rows.append({"id": len(rows) + 1, **values})
        return rows[-1]

    def of(self, model: type[Base]) -> list[Row]:
        return self._tables.setdefault(model.__tablename__, [])

    def counts(self) -> dict[str, int]:
        """How many rows there are of each table."""
        return {table: len(rows) for table, rows in self._tables.items()}

    async def insert(self, session: AsyncSession) -> None:
        """Write all rows, each table after those it refers to."""
        connection = await session.connection()
        for table in Base.metadata.sorted_tables:
            if rows := self._tables.get(table.name):
                await connection.execute(insert(table), rows)
                if connection.dialect.name == "postgresql":  # its counter has not seen our keys
                    counter = "SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"
                    await connection.execute(text(counter), {"table": table.name, "last": len(rows)})
