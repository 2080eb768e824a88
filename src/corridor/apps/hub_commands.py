"""Commands for the hub, and those that serve hub and node alike: migrate and accounts."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from corridor.apps.hub import hub_app
from corridor.apps.migrated import check_migrated
from corridor.apps.mutual import check_mutual
from corridor.apps.serving import serve
from corridor.apps.settings import HubSettings, NodeSettings, hub_settings, node_settings
from corridor.apps.trust import known_federation
from corridor.domain.errors import InvalidError
from corridor.domain.principal import Role
from corridor.keys.known_passwords import is_known
from corridor.keys.passwords import hash_password, verify_password
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.hub import tables as hub_tables
from corridor.storage.node import staff_tables
from corridor.storage.node import tables as node_tables
from corridor.storage.staff import mark_for_development

hub = typer.Typer(help="Run the hub.", no_args_is_help=True)
account = typer.Typer(help="Who may sign in.", no_args_is_help=True)

PASSWORD_LENGTH = 8
"""Source: OWASP ASVS 5.0, 6.2.1."""

Config = Annotated[Path, typer.Option("--config", help="Configuration file of a node or of the hub.")]


@hub.callback()
def hub_group() -> None:
    """Run the hub."""


@account.callback()
def account_group() -> None:
    """Who may sign in."""


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


@account.command("add")
def add_account(
    config: Config,
    name: Annotated[str, typer.Option(help="Name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    password: Annotated[str, typer.Option(envvar="CORRIDOR_PASSWORD", prompt=True, hide_input=True)],
) -> None:
    """Make an account; the password is asked for, or read from CORRIDOR_PASSWORD."""
    kind, url = _database(config)
    if not name.strip() or len(password) < PASSWORD_LENGTH:
        raise InvalidError(f"An account has a name, and a password of at least {PASSWORD_LENGTH} characters.")
    if (role is Role.COORDINATOR) != (kind == "hub"):
        raise InvalidError("Coordinators have their accounts at the hub, everybody else at a node.")
    in_play = settings_of(config).development
    if not in_play and is_known(password, name):
        raise InvalidError("Many people know this password, or can guess it: take another.")
    asyncio.run(_add(kind, url, (name, password, role), in_play=in_play))
    typer.echo(f"{name} can sign in as {role.value}.")


async def _add(kind: str, url: str, whom: tuple[str, str, Role], *, in_play: bool) -> None:
    name, password, role = whom
    await check_migrated(url, kind)
    database = Database(url)
    table = hub_tables.account if kind == "hub" else node_tables.account
    in_development = hub_tables.development_account if kind == "hub" else staff_tables.development_account
    accounts = SqlAccounts(database, table, keep=hash_password, check=verify_password)
    try:
        await accounts.create(name, password, role)
        if in_play:
            await mark_for_development(database, in_development, name)
    finally:
        await database.close()


def _database(config: Path) -> tuple[str, str]:
    """Whether the file is a node's or the hub's, and its database."""
    settings = settings_of(config)
    return "hub" if isinstance(settings, HubSettings) else "node", settings.database


def settings_of(config: Path) -> NodeSettings | HubSettings:
    """The settings of a file, be it a node's or the hub's.

    Raises:
        InvalidError: the file cannot be read, or a setting is wrong.
    """
    try:
        is_hub = "hub" in tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise InvalidError(f"The configuration file {config} cannot be read.") from None
    return hub_settings(config) if is_hub else node_settings(config)
