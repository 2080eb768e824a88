"""Provenance: which country vouches for a resource, and the signature by which it does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError, MalformedError
from corridor.fhir.parse import Resource

COUNTRY_SYSTEM = "urn:iso:std:iso:3166"
"""Identifier system of countries (https://terminology.hl7.org/ISO3166Part1.html)."""

_AUTHOR = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author"},
    ]
}
_AUTHORSHIP = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}
_SIGNED_FORMAT = "application/fhir+json"
_JOSE = "application/jose"


def instant(at: datetime) -> str:
    """An aware instant as FHIR writes it, in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def country_reference(code: Country) -> Resource:
    """A Reference to a country's programme, by its ISO 3166 code."""
    return {"type": "Organization", "identifier": {"system": COUNTRY_SYSTEM, "value": code}}


def country_of(reference: object, expression: str) -> Country:
    """The country that a Reference names by identifier.

    Raises:
        InvalidError: it names no country.
    """
    identifier = reference.get("identifier") if isinstance(reference, dict) else None
    if not isinstance(identifier, dict) or identifier.get("system") != COUNTRY_SYSTEM:
        raise InvalidError("A country is named by an identifier of ISO 3166.", (expression,))
    return country(str(identifier.get("value")))


def render(
    *, id: str, targets: Sequence[str], agent: Country, recorded_at: datetime, jws: str = "", entity: str = ""
) -> Resource:
    """A Provenance that names the country which stands behind its targets.

    Args:
        id: logical id of the Provenance.
        agent: the country that stands behind the targets.
        recorded_at: when it was written down; also the time of the signature.
        targets: literal references or URNs, at least one.
        jws: compact JWS with detached payload, or empty where nothing is signed.
        entity: URI of the source that the targets were taken from, or empty.

    Source: https://hl7.org/fhir/R4/provenance.html
    """
    resource: Resource = {
        "resourceType": "Provenance",
        "id": id,
        "target": [{"reference": target} for target in targets],
        "recorded": instant(recorded_at),
        "agent": [{"type": _AUTHOR, "who": country_reference(agent)}],
    }
    if entity:
        resource["entity"] = [{"role": "source", "what": {"identifier": {"value": entity}}}]
    if jws:
        resource["signature"] = [_signature(jws, agent, recorded_at)]
    return resource


def _signature(jws: str, signer: Country, at: datetime) -> Resource:
    return {
        "type": [_AUTHORSHIP],
        "when": instant(at),
        "who": country_reference(signer),
        "targetFormat": _SIGNED_FORMAT,
        "sigFormat": _JOSE,
        "data": base64.b64encode(jws.encode()).decode(),
    }


def signature_of(resource: Resource) -> tuple[Country, str]:
    """Who signed, and the compact JWS with detached payload.

    Raises:
        InvalidError: not exactly one signature of the kind that `render` writes, or signer and agent differ.
        MalformedError: the signature is not base64.
    """
    agents, signatures = resource.get("agent", []), resource.get("signature", [])
    if len(agents) != 1 or len(signatures) != 1:
        raise InvalidError("A signed Provenance has one agent and one signature.", ("Provenance.signature",))
    found = signatures[0]
    signer = country_of(found.get("who"), "Provenance.signature[0].who")
    if found.get("type") != [_AUTHORSHIP] or found.get("sigFormat") != _JOSE:
        raise InvalidError("The signature is an author's signature as a JWS.", ("Provenance.signature[0]",))
    if country_of(agents[0].get("who"), "Provenance.agent[0].who") != signer:
        raise InvalidError("The agent of a signed Provenance is its signer.", ("Provenance.agent[0].who",))
    try:
        return signer, base64.b64decode(found.get("data", ""), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise MalformedError("The signature is not base64.", ("Provenance.signature[0].data",)) from None
