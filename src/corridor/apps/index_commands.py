"""The command `corridor identity index`: a whole national register is told to the hub as blind tokens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corridor.apps.key_commands import Config, read_file
from corridor.apps.node_acts import tell_desk
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.directory import TokenKey
from corridor.domain.errors import InvalidError
from corridor.flows.index_people import IndexDesk, index_people
from corridor.flows.ports.token_index import Progress as Mark
from corridor.storage.node.token_index import SqlTokenIndex

Quota = Annotated[
    Path | None, typer.Option("--quota", help="Quota that other holders signed; else the everyday budget counts.")
]


def index(
    config: Config,
    document: Quota = None,
    jobs: Annotated[int, typer.Option(min=1, max=32, help="Requests under way at the same time.")] = 4,
    next_key: Annotated[bool, typer.Option("--next", help="Under the key that follows the one in use.")] = False,
    again: Annotated[bool, typer.Option("--again", help="From the beginning, not from where a run stopped.")] = False,
) -> None:
    """Tell the hub of everybody in the national register as blind tokens; run it again after any stop."""
    settings = node_settings(config)
    shown = read_file(document) if document else b""
    done = asyncio.run(_indexed(settings, shown, jobs=jobs, next_key=next_key, again=again))
    typer.echo(f"{settings.name}: {done} patients were indexed in this run. Everybody in the register is.")


async def _indexed(settings: NodeSettings, document: bytes, *, jobs: int, next_key: bool, again: bool) -> int:
    rooms = await open_rooms(settings, quota=document)
    try:
        desk = IndexDesk(tell_desk(rooms), SqlTokenIndex(rooms.storage.database), jobs)
        key = _key(rooms, next_key=next_key)
        if again:
            await desk.index.move(key.epoch, Mark())
        with progress_bar() as bar:
            before = (await desk.index.progress(key.epoch)).done
            task = bar.add_task("Patients", completed=before, total=await rooms.storage.people.count())
            return await index_people(key, desk=desk, advance=lambda count: bar.advance(task, count))
    finally:
        await rooms.close()


def _key(rooms: NodeRooms, *, next_key: bool) -> TokenKey:
    federation = rooms.lines.directory.federation()
    key = federation.next_key if next_key else federation.key
    if key is None:
        raise InvalidError("No key follows the one in use.")
    return key


def progress_bar() -> Progress:
    """How far it is, on standard error; quiet where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
