"""Encrypted files of health links and packages: compact JWE with AES-256-GCM, and nothing else of JWE.

Source: RFC 7516; RFC 7518 sections 4.5, 4.8 and 5.3; SMART Health Links 1.0.0.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import zlib
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from corridor.domain.errors import InvalidError, MalformedError, TooLargeError
from corridor.domain.secret import Secret

FILE_BYTES_MAX = 8 * 1024 * 1024
"""Of a file, encrypted or not: the summary of a long life has one."""

ROUNDS, ROUNDS_MIN, ROUNDS_MAX = 600_000, 1_000, 2_000_000
"""Of PBKDF2 with SHA-512: three times what OWASP asks for, and the bounds of what a stranger's file may make us do.

Source: OWASP Password Storage Cheat Sheet.
"""

_PASSCODE_ALGORITHM = "PBES2-HS512+A256KW"
_KEY_BYTES, _IV_BYTES, _TAG_BYTES, _SALT_BYTES = 32, 12, 16, 16
_HEADER_CHARACTERS_MAX = 2048
_PART = re.compile(r"[A-Za-z0-9_-]*")
_WHOLE = 5


def seal(content: bytes, key: Secret, *, content_type: str, compress: bool = True) -> str:
    """Content as a compact JWE under a key, with an IV of its own each time.

    Args:
        content: at most 8 MiB.
        key: 32 bytes.
        content_type: `cty`, such as `application/fhir+json`.
        compress: raw DEFLATE first, as most readers take it.
    """
    header = {"alg": "dir", "enc": "A256GCM", "cty": content_type}
    return _sealed(header, b"", (content, key.value), compress=compress)


def open_sealed(token: str, key: Secret) -> tuple[bytes, str]:
    """Content and content type of a compact JWE under a key.

    Raises:
        MalformedError: not such a JWE, altered, or under another key.
        TooLargeError: more than 8 MiB, before or after it is inflated.
    """
    parts, header = _parts(token)
    if header.get("alg") != "dir" or parts[1]:
        raise MalformedError("The file is encrypted in a way that is not read here.")
    return _opened(parts, header, key.value)


def seal_under_passcode(content: bytes, passcode: Secret, *, content_type: str, claims: dict[str, Any]) -> str:
    """Content as a compact JWE that a passcode opens, slowly on purpose.

    Args:
        content: at most 8 MiB.
        passcode: UTF-8.
        content_type: `cty`.
        claims: further members of the header; anybody can read them, nobody can change them.
    """
    salt, key = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_KEY_BYTES)
    header = {"alg": _PASSCODE_ALGORITHM, "enc": "A256GCM", "cty": content_type, "p2s": _b64(salt), "p2c": ROUNDS}
    wrapped = aes_key_wrap(_derived(passcode, salt, ROUNDS), key)
    return _sealed({**header, **claims}, wrapped, (content, Secret(key).value), compress=True)


def open_under_passcode(token: str, passcode: Secret) -> tuple[bytes, dict[str, Any]]:
    """Content and header of such a file.

    Raises:
        InvalidError: the passcode is wrong.
        MalformedError: not such a JWE, or altered.
        TooLargeError: more than 8 MiB, before or after it is inflated.
    """
    parts, header = _parts(token)
    salt, rounds = header.get("p2s"), header.get("p2c")
    if header.get("alg") != _PASSCODE_ALGORITHM or not isinstance(salt, str) or not isinstance(rounds, int):
        raise MalformedError("The file is encrypted in a way that is not read here.")
    if not ROUNDS_MIN <= rounds <= ROUNDS_MAX:
        raise MalformedError("The file is encrypted in a way that is not read here.")
    try:
        key = aes_key_unwrap(_derived(passcode, b64decoded(salt), rounds), b64decoded(parts[1]))
    except (InvalidUnwrap, ValueError):
        raise InvalidError("The passcode is wrong.") from None
    return _opened(parts, header, key)[0], header


def header_of(token: str) -> dict[str, Any]:
    """What a JWE says of itself before it is opened; not to be trusted before.

    Raises:
        MalformedError: not a compact JWE.
        TooLargeError: more than is read here.
    """
    return _parts(token)[1]


def _derived(passcode: Secret, salt: bytes, rounds: int) -> bytes:
    salted = _PASSCODE_ALGORITHM.encode() + b"\0" + salt
    return PBKDF2HMAC(SHA512(), _KEY_BYTES, salted, rounds).derive(passcode.value)


def _sealed(header: dict[str, Any], wrapped: bytes, what: tuple[bytes, bytes], *, compress: bool) -> str:
    content, key = what
    if len(content) > FILE_BYTES_MAX:
        raise TooLargeError("The summary is too large for a health link.")
    protected = _b64(orjson.dumps(header | ({"zip": "DEF"} if compress else {})))
    plain = _deflated(content) if compress else content
    iv = secrets.token_bytes(_IV_BYTES)
    whole = AESGCM(key).encrypt(iv, plain, protected.encode())
    return ".".join((protected, *map(_b64, (wrapped, iv, whole[:-_TAG_BYTES], whole[-_TAG_BYTES:]))))


def _parts(token: str) -> tuple[list[str], dict[str, Any]]:
    if len(token) > FILE_BYTES_MAX * 4 // 3 + _HEADER_CHARACTERS_MAX:
        raise TooLargeError("The file is larger than is read here.")
    parts = token.strip().split(".")
    well_formed = len(parts) == _WHOLE and all(map(_PART.fullmatch, parts))
    if not well_formed or len(parts[0]) > _HEADER_CHARACTERS_MAX:
        raise MalformedError("The file is not encrypted as health links are.")
    try:
        header = orjson.loads(b64decoded(parts[0]))
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("enc") != "A256GCM" or "crit" in header:
        raise MalformedError("The file is encrypted in a way that is not read here.")
    return parts, header


def _opened(parts: list[str], header: dict[str, Any], key: bytes) -> tuple[bytes, str]:
    iv, sealed, tag = map(b64decoded, parts[2:])
    if len(iv) != _IV_BYTES or len(tag) != _TAG_BYTES or len(key) != _KEY_BYTES:
        raise MalformedError("The file is not encrypted as health links are.")
    try:
        plain = AESGCM(key).decrypt(iv, sealed + tag, parts[0].encode())
    except InvalidTag:
        raise MalformedError("The file was altered, or this is not its key.") from None
    if "zip" in header:
        plain = inflated(plain)
    return plain, str(header.get("cty", ""))


def inflated(packed: bytes) -> bytes:
    """Raw DEFLATE undone, never further than the limit.

    Raises:
        MalformedError: not DEFLATE, or half of it.
        TooLargeError: it grows beyond 8 MiB.
    """
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = engine.decompress(packed, FILE_BYTES_MAX + 1)
    except zlib.error:
        raise MalformedError("The file is damaged.") from None
    if len(plain) > FILE_BYTES_MAX:
        raise TooLargeError("The file is larger than is read here.")
    if not engine.eof:
        raise MalformedError("The file is damaged.")
    return plain


def _deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush()


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def b64decoded(encoded: str) -> bytes:
    """Base64url without padding, as JOSE writes it.

    Raises:
        MalformedError: it is not.
    """
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        raise MalformedError("The file is not encrypted as health links are.") from None
