"""Commands for a country node: serve, the proof of its log, and one person's history."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from corridor.apps.migrated import check_migrated
from corridor.apps.mutual import check_mutual
from corridor.apps.node import node_app
from corridor.apps.node_beside import beside_app
from corridor.apps.origins import FEDERATION_NAME
from corridor.apps.serving import serve
from corridor.apps.settings import NodeSettings, node_settings
from corridor.apps.trust import known_federation
from corridor.domain.audit.checkpoint import Checkpoint, log_origin
from corridor.domain.country import country
from corridor.keys.checkpoints import open_checkpoint
from corridor.keys.files import KeyUse, signing_key
from corridor.storage.database import Database
from corridor.storage.node.verify import LogReport, verify_log

node = typer.Typer(help="Run a country node.", no_args_is_help=True)
audit = typer.Typer(help="Prove a node's log.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="The node's configuration file.")]


@node.callback()
def node_group() -> None:
    """Run a country node."""


@audit.callback()
def audit_group() -> None:
    """Prove a node's log."""


@node.command("serve")
def serve_node(config: Config) -> None:
    """Serve a country node until it is told to stop."""
    settings = node_settings(config)

    async def run() -> None:
        await check_migrated(settings.database, "node")
        check_mutual(settings, known_federation(settings), home=country(settings.country))
        await serve(await node_app(settings), host=settings.host, port=settings.port)

    uvloop.run(run())


@node.command("beside")
def serve_beside(
    config: Config, port: Annotated[int, typer.Option(help="Where, at the address that the node listens at.")]
) -> None:
    """Serve the FHIR base of a node from one more process, until it is told to stop."""
    settings = node_settings(config)

    async def run() -> None:
        await serve(await beside_app(settings, port=port), host=settings.host, port=port)

    uvloop.run(run())


@audit.command("verify")
def verify(config: Config) -> None:
    """Hash the whole log again: every entry, every subtree, every signed checkpoint."""
    settings = node_settings(config)
    report = asyncio.run(_verified(settings))
    if not report.whole:
        typer.echo(f"{settings.name}: the log is NOT whole. First altered row: {report.fault}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{settings.name}: the log is whole. {report.size} entries, {report.checkpoints} checkpoints.")


async def _verified(settings: NodeSettings) -> LogReport:
    await check_migrated(settings.database, "node")
    key = signing_key(Path(settings.keys) / "log.key", KeyUse.LOG).public_key().public_bytes_raw()
    origin = log_origin(FEDERATION_NAME, settings.country)

    def open_note(note: str) -> Checkpoint:
        return open_checkpoint(note, origin=origin, public_key=key)

    database = Database(settings.database)
    try:
        return await verify_log(database, open_note)
    finally:
        await database.close()


def pull(
    url: Annotated[str, typer.Option("--node", help="Address of your country's node.")],
    patient: Annotated[str, typer.Option(help="Id of the Patient in your national base.")],
    account: Annotated[str, typer.Option(help="Your account at the node.")],
    password: Annotated[str, typer.Option(envvar="CORRIDOR_PASSWORD", prompt=True, hide_input=True)],
    purpose: Annotated[str, typer.Option(help="PurposeOfUse code.")] = "TREAT",
    deadline: Annotated[float, typer.Option(help="Seconds to wait for the other countries.")] = 5.0,
    attest: Annotated[str, typer.Option(help="Your word that the person is there, in 20 to 500 characters.")] = "",
) -> None:
    """Pull a person's history from every other country and print it as a FHIR Bundle."""
    from corridor.apps.pulled import Asked, pull_bundle  # noqa: PLC0415  # its client takes memory that a running node saves

    typer.echo(pull_bundle(url, (account, password), Asked(patient, purpose, deadline, attest)))
