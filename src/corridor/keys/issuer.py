"""The key under which a node signs verifiable health links, with the certificate that others know it by.

Source: HCERT 1.1.1; WHO SMART Trust (GDHCN), DID documents.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.keys.files import KeyUse, create_key, read_key

FILE = "link.key"
YEARS = 5
_SCALAR_BYTES = 32
_KID_BYTES = 8


class Issuer:
    """This node's own key for links.

    Args:
        key: P-256.
        certificate: self-signed; its validity is the key's.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.key = key
        self.certificate = certificate

    @cached_property
    def kid(self) -> bytes:
        """The first eight bytes of the certificate's SHA-256, as HCERT has it."""
        return kid_of(self.certificate)


def kid_of(certificate: x509.Certificate) -> bytes:
    """By which a signature names a certificate."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()[:_KID_BYTES]


def open_issuer(folder: Path, country: Country) -> Issuer:
    """The node's key for links; made where there is none yet.

    Raises:
        UnavailableError: the file cannot be read or written.
        InvalidError: it holds something else.
    """
    path = folder / FILE
    if not path.exists():
        create_key(path, KeyUse.LINK, _made(country))
    whole = read_key(path, KeyUse.LINK).value
    try:
        key = ec.derive_private_key(int.from_bytes(whole[:_SCALAR_BYTES], "big"), ec.SECP256R1())
        return Issuer(key, x509.load_der_x509_certificate(whole[_SCALAR_BYTES:]))
    except ValueError:
        raise InvalidError("The key for health links is damaged.") from None


def _made(country: Country) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, "Health links")]
    )
    now = datetime.now(UTC) - timedelta(minutes=5)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .sign(key, SHA256())
    )
    scalar = key.private_numbers().private_value.to_bytes(_SCALAR_BYTES, "big")
    return scalar + certificate.public_bytes(Encoding.DER)


def did_document(issuer: Issuer, public_url: str) -> dict[str, object]:
    """The node's entry as GDHCN trust lists write it: a DID document of one key with its certificate."""
    did = f"did:web:{quote(urlsplit(public_url).netloc, safe='')}"
    numbers = issuer.key.public_key().public_numbers()
    kid = base64.b64encode(issuer.kid).decode()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": _b64(numbers.x.to_bytes(_SCALAR_BYTES, "big")),
        "y": _b64(numbers.y.to_bytes(_SCALAR_BYTES, "big")),
        "kid": kid,
        "x5c": [base64.b64encode(issuer.certificate.public_bytes(Encoding.DER)).decode()],
    }
    method = {
        "id": f"{did}#{quote(kid, safe='')}",
        "type": "JsonWebKey2020",
        "controller": did,
        "publicKeyJwk": jwk,
    }
    context = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"]
    return {"@context": context, "id": did, "controller": did, "verificationMethod": [method]}


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
