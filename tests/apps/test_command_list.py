"""The list of commands that people read is the list of commands that there are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperGroup

from corridor.apps.cli import app

LIST = Path(__file__).parents[2] / "docs" / "commands.md"
LINE = re.compile(r"^\| `corridor ([^`]+)` \| (.+?) \| (yes)? *\|$", re.MULTILINE)


def commands(command: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Every command below one, under the words that are typed."""
    if not isinstance(command, TyperGroup):
        yield " ".join(path), command
        return
    for name, below in command.commands.items():
        yield from commands(below, *path, name)


def test_every_command_is_listed_with_its_first_sentence() -> None:
    known = {name: (command.help or "").strip() for name, command in commands(typer.main.get_command(app))}
    listed = {name: says for name, says, _ in LINE.findall(LIST.read_text(encoding="utf-8"))}
    assert listed.keys() == known.keys()
    assert {name for name, says in listed.items() if not " ".join(known[name].split()).startswith(says)} == set()


def test_what_prints_json_is_marked() -> None:
    with_json = {
        name
        for name, command in commands(typer.main.get_command(app))
        if any(one.name == "json" for one in command.params)
    }
    assert {name for name, _, marked in LINE.findall(LIST.read_text(encoding="utf-8")) if marked} == with_json
