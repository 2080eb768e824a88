"""Commands for keys: make them, and tell the others of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corridor.apps.certificate_commands import NOTICE_DAYS, certificates, mutual_of
from corridor.apps.master_settings import MASTER_FILE
from corridor.apps.own_keys import known_signing, own_member, own_signing_key
from corridor.apps.settings import HubSettings, country_facts, node_settings, settings_of
from corridor.domain.errors import ConflictError, UnavailableError
from corridor.domain.next_key import NextKey
from corridor.keys.cards import Card, HubCard
from corridor.keys.files import KeyUse, create_key, sealing_key, signing_key
from corridor.keys.own_signing import create_next

keys = typer.Typer(help="Make key files and hold the key ceremony.", no_args_is_help=True)
keys.registered_commands += certificates.registered_commands

USUAL_OVERLAP_HOURS = 24.0

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
    write_card_file(card, out)
    typer.echo(f"The card of {card.name} is in {out}.")


@keys.command("next")
def make_next(
    config: Annotated[Path, typer.Option("--config", help="Configuration file of a node or of the hub.")],
    out: Out,
    since: Annotated[
        datetime | None, typer.Option("--from", help="UTC instant from which it signs; in a week if not said.")
    ] = None,
    overlap: Annotated[
        float, typer.Option("--overlap", min=0, max=24 * 30, help="Hours for which the key before it counts besides.")
    ] = USUAL_OVERLAP_HOURS,
) -> None:
    """Make the next signing key of a node or of the hub, and the card by which the others learn of it ahead."""
    settings = settings_of(config)
    key, taking_over = known_signing(settings)
    if taking_over:
        raise ConflictError("A signing key is taking over already: wait until the one before it counts no more.")
    begins = since.replace(tzinfo=UTC) if since else datetime.now(UTC) + timedelta(days=NOTICE_DAYS)
    begins = begins.replace(microsecond=0)
    following = NextKey(create_next(Path(settings.keys)), begins, begins + timedelta(hours=overlap))
    hub = isinstance(settings, HubSettings)
    write_card_file(HubCard(key.hex(), following) if hub else card_of_node(config, following), out)
    typer.echo(f"The next signing key signs from {begins:%Y-%m-%d %H:%M} UTC, once the manifest lists it;")
    typer.echo(f"the one before counts until {following.until:%Y-%m-%d %H:%M}. The card is in {out}.")


def write_card_file(card: Card | HubCard, out: Path) -> None:
    """Write a card; errors as for `write_file`."""
    write_file(out, msgspec.json.format(msgspec.json.encode(card), indent=1))


def card_of_node(config: Path, following: NextKey | None = None) -> Card:
    """The card of a node by its configuration and its keys; a manifest key that was put away is not needed.

    Raises:
        InvalidError: the configuration or a key file is wrong.
        UnavailableError: a key file is missing.
    """
    settings = node_settings(config)
    folder, member = Path(settings.keys), own_member(settings)
    public = member.signing_key if member else own_signing_key(settings).public_key().public_bytes_raw()
    return Card(
        country=settings.country,
        name=settings.name,
        base_url=settings.public_url,
        signing_key=public.hex(),
        sealing_key=sealing_key(folder / "sealing.key").public_key().public_bytes_raw().hex(),
        log_key=signing_key(folder / "log.key", KeyUse.LOG).public_key().public_bytes_raw().hex(),
        manifest_key=_manifest_key(folder / "manifest.key"),
        facts=country_facts(config),
        mutual=mutual_of(settings),
        next_signing=following or (member.next_signing if member else None),
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
