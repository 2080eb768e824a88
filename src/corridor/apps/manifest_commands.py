"""Commands around signatures under the federation's manifest: make a signer, sign, put together, verify, publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corridor.apps.clock import SystemClock
from corridor.apps.key_commands import Out, read_file, write_file
from corridor.apps.settings import HubSettings, settings_of
from corridor.apps.trust import known_federation, trust_of
from corridor.domain.directory import Federation, Signer
from corridor.domain.errors import CorridorError, InvalidError
from corridor.domain.manifest import Signed, changes, check_first, check_heard, check_succession
from corridor.keys.files import KeyUse, create_key, signing_key
from corridor.keys.manifest import assemble, digest, sign_manifest, signed_by
from corridor.remote.directory import place_version
from corridor.remote.manifest import parse_federation

manifest = typer.Typer()

Manifest = Annotated[Path, typer.Option("--manifest", help="The manifest, or a draft of it.")]


class _SignerFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


def read_signers(files: Iterable[Path]) -> list[Signer]:
    """Independent signers, from the files that `corridor federation signer` wrote.

    Raises:
        InvalidError: a file holds none.
        UnavailableError: one cannot be read.
    """
    try:
        found = [msgspec.json.decode(read_file(path), type=_SignerFile) for path in files]
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("A file of a signer is malformed.") from None
    return [Signer(each.name, bytes.fromhex(each.key)) for each in found]


@manifest.command("signer")
def make_signer(
    name: Annotated[str, typer.Option(help="An independent body, such as ONUSIDA; no spaces.")],
    key: Annotated[Path, typer.Option(help="Key file to make; keep it away from every server.")],
    out: Out,
) -> None:
    """Make the key by which an independent body signs the manifest, and the file that tells the others of it."""
    create_key(key, KeyUse.MANIFEST)
    public = signing_key(key, KeyUse.MANIFEST).public_key().public_bytes_raw().hex()
    write_file(out, msgspec.json.encode(_SignerFile(name, public)))
    typer.echo(f"{name} signs with {key}; the others need {out}.")


@manifest.command("sign")
def sign(
    manifest: Manifest,
    key: Annotated[Path, typer.Option(help="The signer's own key: `manifest.key` of a country.")],
    directory: Annotated[
        Path | None, typer.Option("--directory", help="The manifest that counts now, to tell what changes.")
    ] = None,
) -> None:
    """Put your signature under a manifest; read what it changes first."""
    note, own = read_file(manifest), signing_key(key, KeyUse.MANIFEST)
    federation = parse_federation(note)
    known = [*federation.signers, *(parse_federation(read_file(directory)).signers if directory else ())]
    public = own.public_key().public_bytes_raw()
    name = next((each.name for each in known if each.key == public), "")
    if not name:
        raise InvalidError("This key is not of a signer that the manifest names.")
    if directory:
        _tell(changes(parse_federation(read_file(directory)), federation))
    signed = sign_manifest(note, name=name, key=own)
    write_file(manifest, signed)
    typer.echo(f"{name} signed version {federation.version}. {_count(signed, federation)}")


@manifest.command("assemble")
def put_together(
    manifest: Annotated[list[Path], typer.Option("--manifest", help="A copy with some signatures; give every copy.")],
    out: Out,
) -> None:
    """Put the signatures of several copies under one manifest."""
    whole = assemble([read_file(path) for path in manifest])
    write_file(out, whole)
    typer.echo(f"The manifest is in {out}. {_count(whole, parse_federation(whole))}")


@manifest.command("verify")
def verify(
    manifest: Manifest,
    directory: Annotated[
        Path | None, typer.Option("--directory", help="The manifest that counts now; none for the first.")
    ] = None,
) -> None:
    """Tell what a manifest changes, who signed it, and whether every process would take it; exit code 1 where not."""
    note = read_file(manifest)
    new = parse_federation(note)
    old_note = read_file(directory) if directory else b""
    old = parse_federation(old_note) if directory else new
    _tell(changes(old, new))
    signed = Signed(new, digest(note), signed_by(note, old.signers), signed_by(note, new.signers))
    typer.echo(f"Signed by {', '.join(sorted({*signed.by_old, *signed.by_own})) or 'nobody'}.")
    now = SystemClock().now()
    try:
        if directory:
            check_succession(old, signed, old_digest=digest(old_note), now=now)
        else:
            check_first(signed, now)
    except CorridorError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Version {new.version} counts, until {new.until or 'another follows'}.")


@manifest.command("publish")
def publish(
    config: Annotated[
        Path, typer.Option("--config", help="Configuration file of the hub, or of a node that is cut off.")
    ],
    manifest: Manifest,
) -> None:
    """Give a signed manifest to a running hub: it takes it within seconds, and every node from there."""
    settings = settings_of(config)
    note, now = read_file(manifest), SystemClock().now()
    new = parse_federation(note)
    if isinstance(settings, HubSettings):
        check_heard(known_federation(settings), new, now)
    place_version(Path(settings.federation), note, trust=trust_of(settings), now=now)
    typer.echo(f"Version {new.version} is published.")


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(f"  {line}")


def _count(note: bytes, federation: Federation) -> str:
    names: Sequence[str] = sorted(signed_by(note, federation.signers))
    return f"Signed so far: {', '.join(names)} ({len(names)} of {federation.quorum} that are needed)."
