"""How the database came to its shape: alembic's revisions, and the triggers that keep history as it was."""
