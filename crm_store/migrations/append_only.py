"""Triggers that refuse to change or delete history, whoever asks.

They are no part of any revision: `ensure` runs after every migration, in its transaction, because a batch migration
on SQLite rebuilds a table and drops its triggers.
"""

from sqlalchemy import Connection, text

APPEND_ONLY = ("audit_rows", "order_changes", "points_allocations", "points_rows")
ACTS = ("update", "delete")

SQLITE_TRIGGER = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION barev_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""
POSTGRESQL_TRIGGER = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
FOR EACH {each} EXECUTE FUNCTION barev_append_only()"""

SQLITE_FOUND = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL_FOUND = """SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled IN ('O', 'A')"""


def missing(connection: Connection) -> list[tuple[str, str]]:
    """The (table, act) pairs that nothing refuses; empty when history is safe."""
    sqlite = connection.dialect.name == "sqlite"
    found = set(connection.scalars(text(SQLITE_FOUND if sqlite else POSTGRESQL_FOUND)))
    acts = ACTS if sqlite else (*ACTS, "truncate")
    return [(table, act) for table in APPEND_ONLY for act in acts if f"{table}_no_{act}" not in found]


def ensure(connection: Connection) -> None:
    """Make the triggers that are missing."""
    gone = missing(connection)
    if gone and connection.dialect.name != "sqlite":
        connection.execute(text(POSTGRESQL_FUNCTION))
    for table, act in gone:
        if connection.dialect.name == "sqlite":
            connection.execute(text(SQLITE_TRIGGER.format(table=table, act=act)))
        else:
            each = "STATEMENT" if act == "truncate" else "ROW"
            # One that is disabled counts as missing.
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act} ON {table}"))
            connection.execute(text(POSTGRESQL_TRIGGER.format(table=table, act=act, each=each)))
