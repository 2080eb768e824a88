"""The command `corridor hub epochs`: how far a change of the token key is, and its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.migrated import check_migrated
from corridor.apps.settings import hub_settings
from corridor.apps.trust import known_federation
from corridor.storage.database import Database
from corridor.storage.hub.epochs import SqlEpochs


def epochs(
    config: Annotated[Path, typer.Option("--config", help="The hub's configuration file.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete tokens of keys that the directory does not name any more.")
    ] = False,
) -> None:
    """Tell how many people have tokens of each key; after a change of the key, forget those of the old one."""
    settings = hub_settings(config)
    keys = [key.epoch for key in known_federation(settings).keys]
    people, forgotten = asyncio.run(_epochs(settings.database, keys if forget else None))
    for epoch, count in people.items():
        state = "in use" if epoch == keys[0] else "next" if epoch in keys else "not in the directory"
        typer.echo(f"Key {epoch}, {state}: {count} people")
    if forget:
        typer.echo(f"{forgotten} tokens of other keys were forgotten.")


async def _epochs(url: str, kept: list[int] | None) -> tuple[dict[int, int], int]:
    await check_migrated(url, "hub")
    database = Database(url)
    try:
        forgotten = await SqlEpochs(database).forget(besides=kept) if kept else 0
        return await SqlEpochs(database).people(), forgotten
    finally:
        await database.close()
