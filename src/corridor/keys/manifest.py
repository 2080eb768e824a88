"""Signatures under the federation's manifest: a text that people can read, with one line for each who signed it.

Source: https://c2sp.org/signed-note
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.directory import Signer
from corridor.domain.errors import InvalidError, SignatureError
from corridor.keys.checkpoints import open_note, sign_note

CHARACTERS_MAX = 1024 * 1024
_GAP = "\n\n"


def split(note: bytes) -> tuple[str, str]:
    """What is signed, and the lines of signatures; no lines where nobody signed.

    Raises:
        InvalidError: not UTF-8.
    """
    try:
        text, gap, lines = note.decode().rpartition(_GAP)
    except UnicodeDecodeError:
        raise InvalidError("The manifest of the federation is malformed.") from None
    return (f"{text}\n", lines) if gap else (lines, "")


def digest(note: bytes) -> str:
    """SHA-256 of what is signed, 64 hex digits: the same however many sign."""
    return hashlib.sha256(split(note)[0].encode()).hexdigest()


def sign_manifest(note: bytes, *, name: str, key: Ed25519PrivateKey) -> bytes:
    """The manifest with one more signature, or as it is where this key signed already.

    Raises:
        InvalidError: the name or the text cannot stand in a signed note.
    """
    text, lines = split(note)
    _, _, line = sign_note(text, name=name, key=key).rpartition(_GAP)
    written = lines.splitlines(keepends=True)
    return _joined(text, [*written, *([] if line in written else [line])])


def assemble(notes: Sequence[bytes]) -> bytes:
    """One manifest with the signatures of all copies.

    Raises:
        InvalidError: they are of different manifests.
    """
    texts = {split(note)[0] for note in notes}
    if len(texts) != 1:
        raise InvalidError("These are copies of different manifests.")
    lines = [line for note in notes for line in split(note)[1].splitlines(keepends=True)]
    return _joined(texts.pop(), list(dict.fromkeys(lines)))


def signed_by(note: bytes, signers: Iterable[Signer]) -> frozenset[str]:
    """Names of the signers whose signature is under the manifest; each key counts once, whatever name stands there."""
    found = {signer.key: signer.name for signer in signers if _is_signed(note, signer)}
    return frozenset(found.values())


def _is_signed(note: bytes, signer: Signer) -> bool:
    try:
        open_note(note.decode(), name=signer.name, public_key=signer.key, characters_max=CHARACTERS_MAX)
    except (SignatureError, UnicodeDecodeError):
        return False
    return True


def _joined(text: str, lines: Sequence[str]) -> bytes:
    return (text + ("\n" + "".join(lines) if lines else "")).encode()
