"""Commands for what is kept at rest: `corridor node encrypt`."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corridor.apps.key_commands import Config
from corridor.apps.migrated import check_migrated
from corridor.apps.node_seals import open_ring
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.country import country
from corridor.storage.database import Database
from corridor.storage.node.sealing import SealDesk, seal_everything, waiting


def encrypt(config: Config) -> None:
    """Encrypt a database that an older release wrote; stop the node first, and run it again after any stop."""
    settings = node_settings(config)
    done = asyncio.run(_encrypted(settings))
    typer.echo(f"{settings.name}: {done} rows were looked at in this run. Everything about people is encrypted.")


async def _encrypted(settings: NodeSettings) -> int:
    await check_migrated(settings.database, "node")
    ring = open_ring(settings)
    database = Database(settings.database, ring)
    desk = SealDesk(database, ring, country(settings.country), ZoneInfo(settings.zone))
    try:
        with progress_bar() as bar:
            task = bar.add_task("Rows", total=await waiting(database))
            return await seal_everything(desk, lambda count: bar.advance(task, count))
    finally:
        await database.close()
        ring.keys.close()


def progress_bar() -> Progress:
    """How far it is, on standard error; quiet where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
