"""The federation's manifest in the form of the trust lists of the WHO's certification network: a tree of DID documents.

Lists with keys in them (`trustlist`) and lists that refer to those (`trustlist-ref`), by domain, participant and usage;
`-` stands for every one. Health links are signed by keys that nodes publish themselves; those are referred to.

Source: WHO SMART Trust 1.3.0, DID Trustlist v2; DID Core 1.0; RFC 7517, RFC 7638, RFC 8037.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from corridor.domain.directory import Federation, Signer
from corridor.domain.errors import InvalidError
from corridor.fhir.identifiers import COUNTRIES
from corridor.keys.did_proof import CONTEXT
from corridor.keys.issuer import kid_of

ANY = "-"
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384"}
HUB = "HUB"
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_ALPHA_3 = {two: code for code, two in COUNTRIES.items() if re.fullmatch("[A-Z]{3}", code)}


class Usage(StrEnum):
    """What a key is for; the network's own words where it has one."""

    EXCHANGE = "DESC"
    """Signs what goes from one node to another."""
    TLS = "TLS"
    """Opens the door where both sides show a certificate."""
    DOCUMENTS = "DSC"
    """Signs health links; in a document that the node publishes itself."""
    SEALING = "SEAL"
    LOG = "LOG"
    MANIFEST = "MANIFEST"


@dataclass(frozen=True, slots=True)
class _Listed:
    participant: str
    usage: Usage
    jwk: dict[str, Any]


class TrustList:
    """The documents of one manifest.

    Args:
        federation: as it counts now (`Federation.standing`).

    Raises:
        InvalidError: two participants would have one name.
    """

    def __init__(self, federation: Federation) -> None:
        at = urlsplit(federation.hub_url)
        self._host = ":".join(["did:web", quote(at.netloc, safe=""), *filter(None, at.path.split("/"))])
        self._keys = [*_of_members(federation), *_of_signers(federation)]
        self._own = {participant_of(each.country): _own_did(each.base_url) for each in federation.members}
        names = [each.participant for each in self._keys if each.usage is Usage.MANIFEST]
        if len(set(names)) != len(names):
            raise InvalidError("Two of those whom the manifest names would have one name in the trust list.")

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each document without its proof, with the file that it belongs in, in order."""
        for path in sorted(self._places()):
            yield _file("trustlist", path), self._with_keys(path)
        for path in sorted(self._places() | self._own_places()):
            yield _file("trustlist-ref", path), self._with_references(path)

    def method_of(self, signer: Signer, federation: Federation) -> str:
        """By which a proof names the key that made it."""
        participant = _name_of(signer, federation)
        found = next(each for each in self._keys if (each.participant, each.usage) == (participant, Usage.MANIFEST))
        return str(self._method(found)["id"])

    def _places(self) -> set[tuple[str, ...]]:
        """All lists of keys: of everybody, of one participant, of one usage, of one usage of one participant."""
        usages = {(ANY, who, each.usage) for each in self._keys for who in (ANY, each.participant)}
        return usages | {path[:length] for path in usages for length in (0, 1, 2)}

    def _own_places(self) -> set[tuple[str, ...]]:
        return {(ANY, who, Usage.DOCUMENTS) for who in self._own}

    def _with_keys(self, path: tuple[str, ...]) -> dict[str, Any]:
        chosen = [each for each in self._keys if _matches(path, each)]
        return self._document("trustlist", path, [self._method(each) for each in chosen])

    def _with_references(self, path: tuple[str, ...]) -> dict[str, Any]:
        places = sorted(self._places() | self._own_places())
        below = [self._did("trustlist-ref", each) for each in places if each[:-1] == path and len(each) > len(path)]
        if len(path) == len((ANY, ANY, Usage.LOG)):
            below = [self._own[path[1]] if path in self._own_places() else self._did("trustlist", path)]
        return self._document("trustlist-ref", path, below)

    def _document(self, kind: str, path: tuple[str, ...], methods: list[Any]) -> dict[str, Any]:
        did = self._did(kind, path)
        above = self._did(kind, path[:-1])
        return {"@context": list(CONTEXT), "id": did, "controller": above, "verificationMethod": methods}

    def _did(self, kind: str, path: tuple[str, ...]) -> str:
        return ":".join((self._host, "v2", kind, *path))

    def _method(self, listed: _Listed) -> dict[str, Any]:
        path = (ANY, listed.participant, listed.usage.value)
        return {
            "id": f"{self._did('trustlist', path)}#{quote(listed.jwk['kid'], safe='')}",
            "type": "JsonWebKey2020",
            "controller": self._did("trustlist", path[:-1]),
            "publicKeyJwk": listed.jwk,
        }


def participant_of(country: str) -> str:
    """A country as the network names it, by three letters; by two where its three are not known here."""
    return _ALPHA_3.get(country, country)


def _of_members(federation: Federation) -> Iterator[_Listed]:
    yield _Listed(HUB, Usage.EXCHANGE, _bare("Ed25519", federation.hub_key))
    yield from (_Listed(HUB, Usage.TLS, _certified(der)) for der in federation.hub_mutual.certificates)
    for each in federation.members:
        who = participant_of(each.country)
        yield _Listed(who, Usage.EXCHANGE, _bare("Ed25519", each.signing_key))
        yield _Listed(who, Usage.SEALING, _bare("X25519", each.sealing_key))
        if each.log_key:
            yield _Listed(who, Usage.LOG, _bare("Ed25519", each.log_key))
        yield from (_Listed(who, Usage.TLS, _certified(der)) for der in each.mutual.certificates)


def _of_signers(federation: Federation) -> Iterator[_Listed]:
    for signer in signers_of(federation):
        yield _Listed(_name_of(signer, federation), Usage.MANIFEST, _bare("Ed25519", signer.key))


def _bare(curve: str, key: bytes) -> dict[str, Any]:
    """A key without a certificate, named by its thumbprint."""
    jwk = {"crv": curve, "kty": "OKP", "x": _encoded(key)}
    return {**jwk, "kid": _encoded(hashlib.sha256(orjson.dumps(jwk)).digest())}


def _certified(der: bytes) -> dict[str, Any]:
    """A key with its certificate, named as the network names them.

    Raises:
        InvalidError: not a certificate of a P-256 or P-384 key.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
    except ValueError:
        raise InvalidError("The manifest has a certificate that cannot be read.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _CURVES:
        raise InvalidError("The manifest has a certificate of a kind that trust lists do not know.")
    numbers, size = key.public_numbers(), key.key_size // 8
    x, y = (_encoded(each.to_bytes(size, "big")) for each in (numbers.x, numbers.y))
    kid = base64.b64encode(kid_of(certificate)).decode()
    chain = [base64.b64encode(der).decode()]
    return {"crv": _CURVES[key.curve.name], "kty": "EC", "x": x, "y": y, "kid": kid, "x5c": chain}


def signers_of(federation: Federation) -> tuple[Signer, ...]:
    """Who signs the manifest and has not ceased to take part."""
    gone = {each.country for each in federation.former}
    return tuple(each for each in federation.signers if each.name not in gone)


def _name_of(signer: Signer, federation: Federation) -> str:
    """Whose key it is: a member's, or that of a body whose name is written in letters that every address can have.

    Raises:
        InvalidError: the body's name is that of a country, of the hub or of everybody.
    """
    if any(each.country == signer.name for each in federation.members):
        return participant_of(signer.name)
    name = _ODD.sub("-", signer.name)
    if name in {ANY, HUB, *COUNTRIES}:
        raise InvalidError("A signer of the manifest has the name of somebody else in the trust list.")
    return name


def _own_did(base_url: str) -> str:
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='')}"


def _matches(path: tuple[str, ...], listed: _Listed) -> bool:
    has = (listed.participant, listed.usage)
    return all(wanted in {ANY, found} for wanted, found in zip(path[1:], has, strict=False))


def _file(kind: str, path: tuple[str, ...]) -> str:
    return "/".join(("v2", kind, *path, "did.json"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
