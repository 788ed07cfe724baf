"""The console script: every command in its own module, every failure in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from barev.cli import errors

COMMANDS = ("up", "serve", "train", "doctor", "demo", "staff")
"""In the order of the help page; each is a function of that name in the module of that name, which may name more
COMMANDS to stand below it."""


def make_app(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(barev)
    for name in commands:
        module = import_module(f"barev.cli.{name}")
        command, below = getattr(module, name), getattr(module, "COMMANDS", None)
        if below is None:
            app.command(name)(command)
            continue
        group = typer.Typer(no_args_is_help=True)
        group.callback()(command)
        for word, act in below.items():
            group.command(word)(act)
        app.add_typer(group, name=name)
    return app


def barev(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """The support assistant of an online shop. Settings: environment variables that begin with BAREV_, or .env."""


def main() -> None:
    """Run the command in sys.argv; exit code 1 and one sentence on stderr when it fails."""
    words = sys.argv[1:]
    # Only what was asked for is imported: the gateway must be there within three seconds.
    asked = next((word for word in words if not word.startswith("-")), None)
    try:
        make_app([asked] if asked in COMMANDS else COMMANDS)(prog_name="barev")
    except Exception as error:
        if "--debug" in words:
            raise
        print(f"barev: {errors.sentence(error)}", file=sys.stderr)
        sys.exit(1)
