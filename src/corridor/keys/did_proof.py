"""The proof under a DID document of a trust list: a detached signature over what the document says, not over its bytes.

Documents of trust lists name everything in them, so that what they say can be written down line by line; the general
way to find these lines is needed for documents with nameless parts alone.

Source: https://w3c-ccg.github.io/lds-jws2020/ (JsonWebSignature2020), RDF Dataset Canonicalization, RFC 7797.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CONTEXT = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1")

_HEADER = b'{"b64":false,"crit":["b64"],"alg":"EdDSA"}'
_SECURITY = "https://w3id.org/security#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_JSON = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
_INSTANT = "<http://www.w3.org/2001/XMLSchema#dateTime>"
_INSTANTS = {"created": "http://purl.org/dc/terms/created", "expires": f"{_SECURITY}expiration"}
_NAMELESS = "_:c14n0"


def with_proof(document: Mapping[str, Any], *, options: Mapping[str, str], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The document with a proof under it; the same bytes for the same document, options and key.

    Args:
        document: a DID document of a trust list, without a proof.
        options: `created`, `expires`, `nonce` and `verificationMethod` of the proof.
        key: Ed25519.
    """
    proof = {"type": "JsonWebSignature2020", **options, "proofPurpose": "assertionMethod"}
    header = base64.urlsafe_b64encode(_HEADER).rstrip(b"=")
    signature = key.sign(header + b"." + to_be_signed(document, proof))
    jws = f"{header.decode()}..{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    return {**document, "proof": {**proof, "jws": jws}}


def to_be_signed(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """What a proof signs, 64 bytes: the digest of the proof's own words, and that of the document's."""
    return _digest(_proof_lines(proof)) + _digest(_document_lines(document))


def _digest(lines: Iterator[str]) -> bytes:
    return hashlib.sha256("".join(f"{line} .\n" for line in sorted(lines)).encode()).digest()


def _proof_lines(proof: Mapping[str, Any]) -> Iterator[str]:
    yield f"{_NAMELESS} {_TYPE} <{_SECURITY}{proof['type']}>"
    yield f"{_NAMELESS} <{_SECURITY}proofPurpose> <{_SECURITY}{proof['proofPurpose']}>"
    yield f"{_NAMELESS} <{_SECURITY}verificationMethod> <{proof['verificationMethod']}>"
    yield f"{_NAMELESS} <{_SECURITY}nonce> {_quoted(proof['nonce'])}"
    for name, written in _INSTANTS.items():
        if name in proof:
            yield f"{_NAMELESS} <{written}> {_quoted(proof[name])}^^{_INSTANT}"


def _document_lines(document: Mapping[str, Any]) -> Iterator[str]:
    did = f"<{document['id']}>"
    yield f"{did} <{_SECURITY}controller> <{document['controller']}>"
    for method in document["verificationMethod"]:
        if isinstance(method, str):
            yield f"{did} <{_SECURITY}verificationMethod> <{method}>"
            continue
        key = f"<{method['id']}>"
        yield f"{did} <{_SECURITY}verificationMethod> {key}"
        yield f"{key} {_TYPE} <{_SECURITY}{method['type']}>"
        yield f"{key} <{_SECURITY}controller> <{method['controller']}>"
        yield f"{key} <{_SECURITY}publicKeyJwk> {_quoted(rfc8785.dumps(method['publicKeyJwk']).decode())}^^{_JSON}"


def _quoted(text: str) -> str:
    """A text as canonical N-Quads write it; those of keys and proofs hold nothing else that would be escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
