"""Commands for the systems that may ask a node by themselves."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
import typer

from corridor.apps.clock import SystemClock
from corridor.apps.migrated import check_migrated
from corridor.apps.settings import NodeSettings, node_settings
from corridor.domain.client import PURPOSES, ROLES, Client
from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose, purpose
from corridor.domain.scope import Scope, scopes, written
from corridor.keys.proofs import registered_keys
from corridor.remote.client_keys import is_listed
from corridor.storage.database import Database
from corridor.storage.node.clients import SqlClients

client = typer.Typer(help="Which systems may ask a node by themselves.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="The node's configuration file.")]
Answer = TypeVar("Answer")
_ID = re.compile(r"[A-Za-z0-9._~:/-]{1,128}")


@client.callback()
def client_group() -> None:
    """Which systems may ask a node by themselves."""


@client.command("add")
def add(
    config: Config,
    id: Annotated[str, typer.Option("--id", help="By which the system names itself (iss and sub).")],
    name: Annotated[str, typer.Option(help="For people.")],
    role: Annotated[Role, typer.Option(help="Its rights at most: clinician, programme or auditor.")],
    scope: Annotated[list[str], typer.Option(help="What it may be granted, such as system/Observation.rs; repeat.")],
    purpose_of_use: Annotated[list[str], typer.Option("--purpose", help="TREAT, ETREAT, PUBHLTH or PATRQT; repeat.")],
    keys: Annotated[Path | None, typer.Option(help="File with its public keys (JWK Set).")] = None,
    keys_url: Annotated[str, typer.Option(help="Address of its public keys, at one of client_key_origins.")] = "",
    dpop: Annotated[bool, typer.Option("--dpop", help="Give it tokens only that are bound to a key.")] = False,
) -> None:
    """Register a system with its public keys."""
    settings = node_settings(config)
    if not _ID.fullmatch(id) or not name.strip() or role not in ROLES:
        raise InvalidError("A client has an id without spaces, a name, and the role clinician, programme or auditor.")
    new = Client(
        id=id,
        name=name.strip(),
        role=role,
        pseudonym=secrets.token_hex(16),
        scopes=_scopes(scope),
        purposes=_purposes(purpose_of_use),
        keys=_keys(settings, keys, keys_url),
        bound=dpop,
    )
    _run(settings, lambda clients: clients.add(new, at=SystemClock().now()))
    typer.echo(f"{new.name} can ask as {role.value} for {written(new.scopes)}.")


@client.command("list")
def show(config: Config, json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List the systems that are registered.

    With `--json`, a list of objects with `id`, `name`, `role`, `scope`, `purposes`, `keys_url` (null where the keys are
    registered themselves) and `dpop`.
    """
    found = _run(node_settings(config), lambda clients: clients.listed())
    if json:
        typer.echo(orjson.dumps([_row(each) for each in found]))
        return
    for each in found:
        typer.echo(
            f"{each.id}  {each.name}  {each.role.value}  {written(each.scopes)}  {' '.join(sorted(each.purposes))}"
        )


@client.command("remove")
def remove(config: Config, id: Annotated[str, typer.Option("--id", help="Of the system.")]) -> None:
    """End a system's registration and every token it holds, at once; its id is not given again."""
    _run(node_settings(config), lambda clients: clients.remove(id, at=SystemClock().now()))
    typer.echo(f"{id} cannot ask any more.")


def _row(each: Client) -> dict[str, object]:
    return {
        "id": each.id,
        "name": each.name,
        "role": each.role.value,
        "scope": written(each.scopes),
        "purposes": sorted(each.purposes),
        "keys_url": each.keys_url or None,
        "dpop": each.bound,
    }


def _run(settings: NodeSettings, act: Callable[[SqlClients], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        await check_migrated(settings.database, "node")
        database = Database(settings.database)
        try:
            return await act(SqlClients(database))
        finally:
            await database.close()

    return asyncio.run(run())


def _scopes(named: list[str]) -> tuple[Scope, ...]:
    words = " ".join(named).split()
    found = scopes(" ".join(words))
    if not found or len(found) != len(words):
        raise InvalidError(
            "Scopes look like system/Observation.rs; narrowing them by search parameters is not offered."
        )
    return found


def _purposes(named: list[str]) -> frozenset[Purpose]:
    try:
        found = frozenset(purpose(each) for each in named)
    except ForbiddenError:
        found = frozenset()
    if not found or not found <= PURPOSES:
        raise InvalidError("A client asks for TREAT, ETREAT, PUBHLTH or PATRQT, and for nothing else.")
    return found


def _keys(settings: NodeSettings, file: Path | None, url: str) -> str:
    if (file is None) == (not url):
        raise InvalidError("Give the client's public keys either as a file or as an address.")
    if file is None:
        if not is_listed(url, settings.client_key_origins):
            raise InvalidError("The address of the keys is not at one of client_key_origins.")
        return url
    try:
        return registered_keys(file.read_bytes())
    except OSError:
        raise InvalidError(f"The file {file} cannot be read.") from None
