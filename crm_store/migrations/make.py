"""Write the next revision from what the models say now.

Usage: `python -m crm_store.migrations.make "orders know their gift note"`; before the first release also
`python -m crm_store.migrations.make --first`, which writes 0001 anew.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from crm_store import schema

VERSIONS = schema.MIGRATIONS / "versions"


async def make(message: str, number: int) -> Path:
    """Compare the models with a database made by the revisions there are; the new file is to be read and corrected."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/now.db"
        if number > 1:
            await schema.migrate(url)
        config = schema.alembic_config(schema.MIGRATIONS)

        def autogenerate(connection: object) -> None:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")

        async with schema.connected(url) as connection:
            await connection.run_sync(autogenerate)
    (path,) = VERSIONS.glob(f"{number:04}_*.py")
    for act in (("check", "--select", "I,F401", "--fix", "--quiet"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *act, path], check=True)
    return path


def main() -> None:
    if sys.argv[1:] == ["--first"]:
        for old in VERSIONS.glob("*.py"):
            old.unlink()
        print(asyncio.run(make("all tables", 1)))
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        print(asyncio.run(make(sys.argv[1], len(list(VERSIONS.glob("0*.py"))) + 1)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
