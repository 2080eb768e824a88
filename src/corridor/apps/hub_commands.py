"""Commands for the hub, and the one that serves hub and node alike: migrate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from corridor.apps.hub import hub_app
from corridor.apps.migrated import check_migrated
from corridor.apps.mutual import check_mutual
from corridor.apps.serving import serve
from corridor.apps.settings import HubSettings, hub_settings, settings_of
from corridor.apps.trust import known_federation

hub = typer.Typer(help="Run the hub.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="Configuration file of a node or of the hub.")]


@hub.callback()
def hub_group() -> None:
    """Run the hub."""


@hub.command("serve")
def serve_hub(config: Config) -> None:
    """Serve the hub until it is told to stop."""
    settings = hub_settings(config)

    async def run() -> None:
        await check_migrated(settings.database, "hub")
        check_mutual(settings, known_federation(settings), home=None)
        await serve(await hub_app(settings), host=settings.host, port=settings.port)

    uvloop.run(run())


def migrate(config: Config) -> None:
    """Bring the database of a node or of the hub to this version's tables; safe to run twice."""
    from corridor.storage.migrations import upgrade  # noqa: PLC0415  # alembic takes memory that a running node saves

    kind, database = _database(config)
    asyncio.run(upgrade(database, kind))
    typer.echo(f"The {kind}'s database is at this version.")


def _database(config: Path) -> tuple[str, str]:
    """Whether the file is a node's or the hub's, and its database."""
    settings = settings_of(config)
    return "hub" if isinstance(settings, HubSettings) else "node", settings.database
