"""A party's own certificates for TLS with the others: each with its key in one file of the key folder.

They are signed by themselves: that a party is what it says stands in the signed manifest, not with an authority.
"""

from __future__ import annotations

import stat
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from corridor.domain.errors import InvalidError
from corridor.keys.files import write_private

EARLY = timedelta(minutes=5)
"""A certificate counts this long before it is shown: clocks differ."""

_FILES = "tls-*.pem"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """One of a party's own certificates.

    Attributes:
        path: of the file with the certificate and its key, as PEM.
        der: the certificate.
        since: aware UTC instant from which it is shown.
        until: aware UTC instant at which it ends.
    """

    path: Path
    der: bytes
    since: datetime
    until: datetime


def create_certificate(folder: Path, host: str, *, since: datetime, until: datetime) -> OwnCertificate:
    """Make a certificate and its key; when this returns they are durable, and only the owner can read them.

    Args:
        folder: of the key files.
        host: at which the party is reached, for whoever reads the certificate.
        since: aware UTC instant from which it is to be shown.
        until: aware UTC instant at which it ends.

    Raises:
        InvalidError: it would end before it begins.
        UnavailableError: it cannot be written.
    """
    if until <= since:
        raise InvalidError("A certificate ends after it begins.")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(since - EARLY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_USES), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = _next_path(folder)
    write_private(path, made.public_bytes(Encoding.PEM) + secret)
    return _read(path)


def own_certificates(folder: Path) -> tuple[OwnCertificate, ...]:
    """A party's own certificates, the one that is shown last at the end.

    Raises:
        InvalidError: a file holds none, or others may read it.
    """
    return tuple(sorted(map(_read, folder.glob(_FILES)), key=lambda each: each.since))


def shown(
    own: Collection[OwnCertificate], listed: Collection[bytes], *, now: datetime
) -> tuple[OwnCertificate | None, datetime | None]:
    """The certificate that is shown at an instant, and when that may change.

    It is the newest of those whose time has come and that the others know; a new one takes over by itself.

    Args:
        own: with its keys here.
        listed: what the manifest says of this party, as DER.
        now: aware UTC.
    """
    living = [each for each in own if each.der in listed and each.until > now]
    begun = [each for each in living if each.since <= now]
    turns = [each.since for each in living if each.since > now] + [each.until for each in begun]
    return max(begun, key=lambda each: each.since, default=None), min(turns, default=None)


def _read(path: Path) -> OwnCertificate:
    try:
        if path.stat().st_mode & _OTHERS:
            raise InvalidError(f"The file {path.name} must be readable by its owner alone (mode 0600).")
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise InvalidError(f"The file {path.name} holds no certificate.") from None
    since = found.not_valid_before_utc + EARLY
    return OwnCertificate(path, found.public_bytes(Encoding.DER), since, found.not_valid_after_utc)


def _next_path(folder: Path) -> Path:
    taken = {path.name for path in folder.glob(_FILES)}
    return next(folder / name for number in range(1, 10_000) if (name := f"tls-{number}.pem") not in taken)


def ends_at(der: bytes) -> datetime:
    """The aware UTC instant at which somebody's certificate ends.

    Raises:
        InvalidError: it is none, or others could be made with it.
    """
    try:
        found = x509.load_der_x509_certificate(der)
        basic = found.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, x509.ExtensionNotFound):
        raise InvalidError("A certificate for TLS between parties is malformed.") from None
    if basic.ca:
        raise InvalidError("A certificate for TLS between parties makes no others.")
    return found.not_valid_after_utc
