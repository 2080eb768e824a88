"""Commands for keys: make them, and tell the others of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corridor.apps.certificate_commands import certificates, mutual_of
from corridor.apps.master_settings import MASTER_FILE
from corridor.apps.settings import country_facts, node_settings
from corridor.domain.errors import UnavailableError
from corridor.keys.cards import Card
from corridor.keys.files import KeyUse, create_key, sealing_key, signing_key

keys = typer.Typer(help="Make key files and hold the key ceremony.", no_args_is_help=True)
keys.registered_commands += certificates.registered_commands

NODE_KEYS = {
    "signing.key": KeyUse.SIGNING,
    "sealing.key": KeyUse.SEALING,
    "pseudonym.key": KeyUse.PSEUDONYM,
    "log.key": KeyUse.LOG,
    "manifest.key": KeyUse.MANIFEST,
    MASTER_FILE: KeyUse.MASTER,
}
HUB_KEYS = {"signing.key": KeyUse.SIGNING, "token.key": KeyUse.PSEUDONYM}

Folder = Annotated[Path, typer.Option("--folder", help="Folder of the key files; made where it does not exist.")]
Config = Annotated[Path, typer.Option("--config", help="The node's configuration file.")]
Cards = Annotated[list[Path], typer.Option("--card", help="A country's card; give one for each country.")]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]


@keys.command("generate")
def generate(folder: Folder, hub: Annotated[bool, typer.Option("--hub", help="For the hub.")] = False) -> None:
    """Make the key files of a node, or of the hub."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise UnavailableError(f"The folder {folder} cannot be made.") from None
    for name, use in (HUB_KEYS if hub else NODE_KEYS).items():
        create_key(folder / name, use)
    typer.echo(f"Keys are in {folder}. Keep a sealed copy; a lost key cannot be made again.")


@keys.command("card")
def write_card(config: Config, out: Out) -> None:
    """Write what the other countries need to know of this node."""
    card = card_of_node(config)
    write_file(out, msgspec.json.format(msgspec.json.encode(card), indent=1))
    typer.echo(f"The card of {card.name} is in {out}.")


def card_of_node(config: Path) -> Card:
    """The card of a node by its configuration and its keys; a manifest key that was put away is not needed.

    Raises:
        InvalidError: the configuration or a key file is wrong.
        UnavailableError: a key file is missing.
    """
    settings = node_settings(config)
    folder = Path(settings.keys)
    return Card(
        country=settings.country,
        name=settings.name,
        base_url=settings.public_url,
        signing_key=signing_key(folder / "signing.key").public_key().public_bytes_raw().hex(),
        sealing_key=sealing_key(folder / "sealing.key").public_key().public_bytes_raw().hex(),
        log_key=signing_key(folder / "log.key", KeyUse.LOG).public_key().public_bytes_raw().hex(),
        manifest_key=_manifest_key(folder / "manifest.key"),
        facts=country_facts(config),
        mutual=mutual_of(settings),
    )


def _manifest_key(path: Path) -> str:
    return signing_key(path, KeyUse.MANIFEST).public_key().public_bytes_raw().hex() if path.exists() else ""


def read_file(path: Path) -> bytes:
    """What a file holds.

    Raises:
        UnavailableError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file anew.

    Raises:
        UnavailableError: it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be written.") from None
