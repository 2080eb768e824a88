"""Commands for what is kept at rest: `corridor node encrypt`, `relabel`, `rewrap` and `erase`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corridor.apps.key_commands import Config
from corridor.apps.migrated import check_migrated
from corridor.apps.node_acts import source_of, wire_acts
from corridor.apps.node_rooms import open_rooms
from corridor.apps.node_seals import open_both, open_ring
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.asking import Asking
from corridor.domain.country import country
from corridor.domain.erasure import Ground
from corridor.domain.errors import LoginError
from corridor.domain.trace import new_trace
from corridor.flows.erase_person import EraseDesk, erase_person
from corridor.flows.sign_in import sign_in
from corridor.storage.database import Database
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.relabel import living
from corridor.storage.node.relabel import relabel as write_labels
from corridor.storage.node.sealing import SealDesk, check_sealed, seal_everything, waiting


def encrypt(config: Config) -> None:
    """Encrypt a database that an older release wrote; stop the node first, and run it again after any stop."""
    settings = node_settings(config)
    done = asyncio.run(_encrypted(settings))
    typer.echo(f"{settings.name}: {done} rows were looked at in this run. Everything about people is encrypted.")


async def _encrypted(settings: NodeSettings) -> int:
    async with _at_rest(settings) as (database, ring):
        desk = SealDesk(database, ring, country(settings.country), ZoneInfo(settings.zone))
        with progress_bar() as bar:
            task = bar.add_task("Rows", total=await waiting(database))
            return await seal_everything(desk, lambda count: bar.advance(task, count))


@asynccontextmanager
async def _at_rest(settings: NodeSettings) -> AsyncIterator[tuple[Database, KeyRing]]:
    """A node's database and its data keys, without the node."""
    await check_migrated(settings.database, "node")
    ring = open_ring(settings)
    database = Database(settings.database, ring)
    try:
        yield database, ring
    finally:
        await database.close()
        ring.keys.close()


def relabel(config: Config) -> None:
    """Label stored records anew, by the value sets of this release; the node may serve meanwhile."""
    settings = node_settings(config)
    changed = asyncio.run(_relabelled(settings))
    typer.echo(f"{settings.name}: all records are labelled as this release does; {changed} were labelled otherwise.")


async def _relabelled(settings: NodeSettings) -> int:
    async with _at_rest(settings) as (database, ring):
        await check_sealed(database, ring)
        source = source_of(country(settings.country))
        with progress_bar() as bar:
            task = bar.add_task("Records", total=await living(database))
            return await write_labels(database, source, lambda count: bar.advance(task, count))


def rewrap(
    config: Config,
    following: Annotated[
        Path | None, typer.Option("--to", help="Configuration whose master key counts from now on; else the same one.")
    ] = None,
) -> None:
    """Wrap every data key anew; run it again after any stop."""
    settings = node_settings(config)
    ring = open_both(settings, node_settings(following or config).master_key)
    try:
        with progress_bar() as bar:
            task = bar.add_task("Data keys", total=ring.keys.count())
            done = ring.rewrap(lambda count: bar.advance(task, count))
    finally:
        ring.keys.close()
    typer.echo(f"{settings.name}: {done} data keys were wrapped anew in this run. All are.")


def erase(
    config: Config,
    patient: Annotated[str, typer.Option(help="Id of the Patient in your national base.")],
    ground: Annotated[Ground, typer.Option(help="Why; it stays in the log.")],
    account: Annotated[str, typer.Option(help="Your account at the node; it goes on record.")],
    password: Annotated[str, typer.Option(envvar="CORRIDOR_PASSWORD", prompt=True, hide_input=True)],
) -> None:
    """Erase a person for ever: their records are emptied, and the key is destroyed that opens copies of them."""
    settings = node_settings(config)
    if not typer.confirm(f"Erase Patient/{patient} at {settings.name}? Nothing brings it back."):
        raise typer.Exit(1)
    count = asyncio.run(_erased(settings, patient, ground, who=(account, password)))
    typer.echo(f"{count} records are erased, here and in every copy. Older copies of the data keys must go, too.")


async def _erased(settings: NodeSettings, patient: str, ground: Ground, *, who: tuple[str, str]) -> int:
    rooms = await open_rooms(settings)
    storage = rooms.storage
    try:
        token = await sign_in(*who, desk=wire_acts(rooms).sign_in)
        principal = await storage.sessions.who(token, at=rooms.clock.now())
        await storage.sessions.close(token)
        if principal is None:
            raise LoginError("The sign-in has ended.")
        desk = EraseDesk(storage.erasures, storage.records, storage.audit, rooms.clock)
        return await erase_person(Asking(principal, "", new_trace()), patient, ground, desk=desk)
    finally:
        await rooms.close()


def progress_bar() -> Progress:
    """How far it is, on standard error; quiet where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
