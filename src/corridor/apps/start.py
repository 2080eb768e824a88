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
    "node serve": ("corridor.apps.node_commands", "node"),
    "hub serve": ("corridor.apps.hub_commands", "hub"),
}
"""Commands that do without the others, with where they are.

Some need neither a node nor a hub and answer before those would be loaded; some stay for months, and what the other
commands are made of is thirteen megabytes.
"""


def main() -> None:
    """Run the command; an error that is ours is one plain sentence and exit code 1."""
    words = sys.argv[1:3]
    name = next((each for each in (" ".join(words), *words[:1]) if each in ALONE), "")
    if not name:
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
        app.add_typer(command, name=name.partition(" ")[0])
    else:
        app.command(name)(command)
    return app


def _corridor() -> None:
    """Keep the name of the one command in front of what it is asked."""
