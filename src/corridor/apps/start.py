"""The command `corridor` as it starts: what somebody asks for decides what is read into memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import typer

from corridor.domain.errors import CorridorError

ALONE: Mapping[str, tuple[str, str]] = {
    "regimen": ("corridor.apps.care_commands", "regimen"),
    "viral-load": ("corridor.apps.care_commands", "viral_loads"),
    "timeline": ("corridor.apps.care_commands", "read_timeline"),
    "resistance": ("corridor.apps.resistance_commands", "resistance"),
}
"""Commands that need neither a node nor a hub, with where they are: they answer before those would be loaded."""


def main() -> None:
    """Run the command; an error that is ours is one plain sentence and exit code 1."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in ALONE:
        import_module("corridor.apps.cli").main()
        return
    try:
        alone(name)()
    except CorridorError as error:
        typer.echo(f"corridor: {error.message}", err=True)
        sys.exit(1)


def alone(name: str) -> typer.Typer:
    """The program `corridor` with one command of `ALONE` in it.

    Args:
        name: one of `ALONE`.
    """
    app = typer.Typer(pretty_exceptions_enable=False, callback=_corridor)
    module, where = ALONE[name]
    command = getattr(import_module(module), where)
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)
    return app


def _corridor() -> None:
    """Keep the name of the one command in front of what it is asked."""
