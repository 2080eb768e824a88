"""Signing the state of a log, and checking another log's signature.

Source: https://c2sp.org/signed-note
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from corridor.domain.audit.checkpoint import Checkpoint, parse, render
from corridor.domain.errors import CorridorError, InvalidError, SignatureError

_ED25519 = b"\x01"
_ID_BYTES, _SIGNATURE_BYTES = 4, 64
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_MAX_CHARACTERS = 64 * 1024
_MAX_SIGNATURES = 100
_DASH = "\N{EM DASH}"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_ID_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """A key as others configure it: name, key id and key in one word."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(_ED25519 + public_key).decode()}"


def sign_note(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """A text with one signature line.

    Args:
        text: UTF-8 without control characters but line feeds, and ends in one.
        name: of the key; no white space and no plus sign.
        key: of the log, used for nothing else.

    Raises:
        InvalidError: the name or the text cannot stand in a signed note.
    """
    printable = all(line.isprintable() for line in text.split("\n"))
    if not _NAME.fullmatch(name) or not text.endswith("\n") or not printable:
        raise InvalidError("This name or text cannot stand in a signed note.")
    public = key.public_key().public_bytes_raw()
    signature = base64.b64encode(key_id(name, public) + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH} {name} {signature}\n"


def open_note(note: str, *, name: str, public_key: bytes, characters_max: int = _MAX_CHARACTERS) -> str:
    """The text of a note that carries a valid signature of that key; other keys' lines are passed over.

    Raises:
        SignatureError: no such signature, or a wrong one, or not a signed note.
    """
    text, gap, lines = note.rpartition("\n\n")
    signatures = lines.split("\n")[:-1]
    if len(note) > characters_max or not gap or not lines.endswith("\n") or len(signatures) > _MAX_SIGNATURES:
        raise SignatureError(reason="note-malformed")
    ours = [_signature(line, name) for line in signatures]
    wanted = [found[_ID_BYTES:] for found in ours if found[:_ID_BYTES] == key_id(name, public_key)]
    if not wanted:
        raise SignatureError(reason="note-not-signed")
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        for signature in wanted:
            key.verify(signature, f"{text}\n".encode())
    except (InvalidSignature, ValueError):
        raise SignatureError(reason="note-signature-wrong") from None
    return f"{text}\n"


def _signature(line: str, name: str) -> bytes:
    """Key id and signature of a line, or nothing where it is another name's.

    Raises:
        SignatureError: not a signature line.
    """
    parts = line.split(" ")
    try:
        dash, signer, encoded = parts
        found = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(reason="note-malformed") from None
    if dash != _DASH or len(found) <= _ID_BYTES:
        raise SignatureError(reason="note-malformed")
    return found if signer == name else b""


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note signed under the log's own name.

    Source: https://c2sp.org/tlog-checkpoint
    """
    return sign_note(render(checkpoint), name=checkpoint.origin, key=key)


def open_checkpoint(note: str, *, origin: str, public_key: bytes) -> Checkpoint:
    """The checkpoint of a note that the log with that origin and key signed.

    Raises:
        SignatureError: not signed by it, about another log, or not a checkpoint.
    """
    text = open_note(note, name=origin, public_key=public_key)
    try:
        checkpoint = parse(text)
    except CorridorError:
        raise SignatureError(reason="checkpoint-malformed") from None
    if checkpoint.origin != origin:
        raise SignatureError(reason="checkpoint-of-another-log")
    return checkpoint
