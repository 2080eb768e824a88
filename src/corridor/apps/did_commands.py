"""The command that writes the manifest as a trust list of DID documents, for those who read nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.apps.clock import SystemClock
from corridor.apps.key_commands import read_file, write_file
from corridor.apps.manifest_commands import Manifest
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.manifest import Signed, check_first
from corridor.keys.did_documents import TrustList, signers_of
from corridor.keys.did_proof import with_proof
from corridor.keys.files import KeyUse, signing_key
from corridor.keys.manifest import digest, signed_by
from corridor.remote.manifest import parse_federation

_NONCE_CHARACTERS = 32


def export_documents(
    manifest: Manifest,
    key: Annotated[Path, typer.Option(help="The key of a signer, who vouches for the list: `manifest.key`.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, new or empty; a web server can give it out.")],
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ"], help="When it is said to be made; now, if not.")
    ] = None,
) -> None:
    """Write a signed manifest as the DID documents of a GDHCN trust list; those who left are not in them."""
    made_at = at.replace(tzinfo=UTC) if at else SystemClock().now().replace(microsecond=0)
    own = signing_key(key, KeyUse.MANIFEST)
    if out.exists() and any(out.iterdir()):
        raise InvalidError("The folder has files in it: write to a new one, or lists of those who are gone would stay.")
    written = 0
    for name, content in rendered(read_file(manifest), key=own, at=made_at):
        _place(out / name, content)
        written += 1
    typer.echo(f"{written} DID documents are in {out}.")


def rendered(note: bytes, *, key: Ed25519PrivateKey, at: datetime) -> Iterator[tuple[str, bytes]]:
    """Each file of the trust list and its bytes; the same for the same manifest, key and instant.

    Raises:
        ForbiddenError: the manifest is not signed by as many as it asks for, or it has ended.
        InvalidError: it is none, or the key is not of one of its signers.
    """
    federation = parse_federation(note)
    by = signed_by(note, federation.signers)
    check_first(Signed(federation, digest(note), by, by), at)
    standing = federation.standing(at)
    public = key.public_key().public_bytes_raw()
    signer = next((each for each in signers_of(standing) if each.key == public), None)
    if signer is None:
        raise InvalidError("This key is not of a signer that the manifest names and that takes part.")
    listed = TrustList(standing)
    options = {"created": _written(at), "verificationMethod": listed.method_of(signer, standing)}
    if federation.until:
        options["expires"] = _written(federation.until)
    for name, document in listed.documents():
        nonce = hashlib.sha256(f"{digest(note)} {document['id']}".encode()).digest()
        options["nonce"] = base64.urlsafe_b64encode(nonce).decode()[:_NONCE_CHARACTERS]
        yield name, orjson.dumps(with_proof(document, options=options, key=key)) + b"\n"


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UnavailableError(f"The folder {path.parent} cannot be made.") from None
    write_file(path, content)
