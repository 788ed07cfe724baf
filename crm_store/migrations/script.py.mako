"""${message}"""
# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


# There is no way down: an older Barev gets its own backup back.
def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
