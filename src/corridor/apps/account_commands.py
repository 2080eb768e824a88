"""The command `corridor account`: who may sign in with a password, and ending the sign-ins of anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from corridor.apps.clock import SystemClock
from corridor.apps.hub import SignInLines
from corridor.apps.migrated import check_migrated
from corridor.apps.node_rooms import open_rooms
from corridor.apps.pause_commands import OPERATOR
from corridor.apps.settings import HubSettings, NodeSettings, settings_of
from corridor.domain.errors import InvalidError, NotFoundError
from corridor.domain.principal import Role
from corridor.flows.end_sign_ins import EndSignInsDesk, end_sign_ins
from corridor.keys.known_passwords import is_known
from corridor.keys.passwords import hash_password, verify_password
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.hub import tables as hub_tables
from corridor.storage.node import staff_tables
from corridor.storage.node import tables as node_tables
from corridor.storage.sessions import SqlSessions
from corridor.storage.staff import SqlStaff, mark_for_development

account = typer.Typer(help="Who may sign in, and ending their sign-ins.", no_args_is_help=True)

PASSWORD_LENGTH = 8
"""Source: OWASP ASVS 5.0, 6.2.1."""

Config = Annotated[Path, typer.Option("--config", help="Configuration file of a node or of the hub.")]
Found = TypeVar("Found")


@account.callback()
def account_group() -> None:
    """Who may sign in, and ending their sign-ins."""


@account.command("add")
def add_account(
    config: Config,
    name: Annotated[str, typer.Option(help="Name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    password: Annotated[str, typer.Option(envvar="CORRIDOR_PASSWORD", prompt=True, hide_input=True)],
) -> None:
    """Make an account; the password is asked for, or read from CORRIDOR_PASSWORD."""
    settings = settings_of(config)
    if not name.strip() or len(password) < PASSWORD_LENGTH:
        raise InvalidError(f"An account has a name, and a password of at least {PASSWORD_LENGTH} characters.")
    if role not in settings.roles_here:
        raise InvalidError("Coordinators have their accounts at the hub, everybody else at a node.")
    if not settings.development and is_known(password, name):
        raise InvalidError("Many people know this password, or can guess it: take another.")
    asyncio.run(_add(settings, name, password, role))
    typer.echo(f"{name} can sign in as {role.value}.")


@account.command("remove")
def remove_account(config: Config, name: Annotated[str, typer.Option(help="Name to sign in with.")]) -> None:
    """Take an account away, and end its sign-ins."""
    settings = settings_of(config)
    if not asyncio.run(_remove(settings, name)):
        raise NotFoundError("There is no account of this name.")
    typer.echo(f"{name} cannot sign in any more. {_told(asyncio.run(_sign_out(settings, name)))}")


@account.command("sign-out")
def sign_out(
    config: Config,
    name: Annotated[str, typer.Option(help="Of an account; or `staff/` and a pseudonym of the log.")] = "",
    subject: Annotated[str, typer.Option(help="By which the identity provider knows somebody.")] = "",
) -> None:
    """End every sign-in of somebody; that it was done stays on record."""
    settings = settings_of(config)
    if bool(name) == bool(subject):
        raise InvalidError("Say either the name of an account or a subject of the identity provider.")
    whose = name or asyncio.run(_account_of(settings, subject))
    typer.echo(_told(asyncio.run(_sign_out(settings, whose))))


def _told(ended: int) -> str:
    return f"{ended} sign-ins ended; every process knows within a minute."


async def _add(settings: NodeSettings | HubSettings, name: str, password: str, role: Role) -> None:
    hub = isinstance(settings, HubSettings)

    async def add(database: Database) -> None:
        await _accounts(settings, database).create(name, password, role)
        if settings.development:
            table = hub_tables.development_account if hub else staff_tables.development_account
            await mark_for_development(database, table, name)

    await _at(settings, add)


async def _remove(settings: NodeSettings | HubSettings, name: str) -> bool:
    return await _at(settings, lambda database: _accounts(settings, database).remove(name))


async def _account_of(settings: NodeSettings | HubSettings, subject: str) -> str:
    provider = settings.identity_provider
    if provider is None:
        raise InvalidError("People do not sign in at an identity provider here.")
    table = hub_tables.staff if isinstance(settings, HubSettings) else staff_tables.staff
    found = await _at(settings, lambda database: SqlStaff(database, table).account_of(provider.issuer, subject))
    if found is None:
        raise NotFoundError("Nobody of this subject ever signed in here.")
    return found


async def _sign_out(settings: NodeSettings | HubSettings, name: str) -> int:
    clock = SystemClock()
    if isinstance(settings, HubSettings):
        return await _at(
            settings,
            lambda database: end_sign_ins(
                OPERATOR,
                name,
                desk=EndSignInsDesk(SqlSessions(database, hub_tables.session), SignInLines(), clock),
            ),
        )
    rooms = await open_rooms(settings)
    try:
        desk = EndSignInsDesk(rooms.storage.sessions, rooms.storage.audit, clock)
        return await end_sign_ins(OPERATOR, name, desk=desk)
    finally:
        await rooms.close()


def _accounts(settings: NodeSettings | HubSettings, database: Database) -> SqlAccounts:
    table = hub_tables.account if isinstance(settings, HubSettings) else node_tables.account
    return SqlAccounts(database, table, keep=hash_password, check=verify_password)


async def _at(settings: NodeSettings | HubSettings, act: Callable[[Database], Awaitable[Found]]) -> Found:
    await check_migrated(settings.database, "hub" if isinstance(settings, HubSettings) else "node")
    database = Database(settings.database)
    try:
        return await act(database)
    finally:
        await database.close()
