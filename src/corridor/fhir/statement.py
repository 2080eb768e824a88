"""The person's consent or withdrawal as it travels: about a single-use handle, with the asking country's signature."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

import orjson

from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import Cause, is_override
from corridor.domain.errors import InvalidError, SignatureError
from corridor.fhir import consent as consents
from corridor.fhir import provenance
from corridor.fhir.parse import Resource, parse_object
from corridor.fhir.search_values import last_instant
from corridor.fhir.validate import validate

HANDLE_SYSTEM = "https://corridor.example/fhir/NamingSystem/handle"
"""Identifier system of single-use handles."""

BREAK_GLASS = "https://profiles.ihe.net/ITI/PCF/Policy-break-glass-only"
"""Policy of what stands in for a consent in an emergency; no consent that a person gave names it."""

CAUSE = "https://corridor.example/fhir/StructureDefinition/emergency-cause"
"""Extension of such a statement: why the person could not be asked."""

MAX_BYTES = 64 * 1024
"""A statement of a person is a few kilobytes; more is not read."""

_ID_DIGITS = 32


def consent_about(handle: str, consent: Consent, *, asker: Country) -> Resource:
    """The consent as a resource about a handle; its local id stays home.

    Args:
        handle: the single-use handle that stands for the person.
        consent: what the person gave where they are now.
        asker: the country that keeps it.

    Source: IHE PCF, consentAdvanced.
    """
    about = replace(consent, id=_id(handle))
    return consents.render(about, patient=_patient(handle), custodian=asker)


def override_about(handle: str, consent: Consent, *, asker: Country, cause: Cause) -> Resource:
    """What stands in for a consent in an emergency, as a resource about a handle: its author is the asking country.

    Source: IHE PCF 1.1.1, Policy-break-glass-only.
    """
    about = replace(consent, id=_id(handle))
    resource = consents.render(about, patient=_patient(handle), custodian=asker)
    return resource | {
        "extension": [{"url": CAUSE, "valueCode": cause.value}],
        "performer": [provenance.country_reference(asker)],
        "policy": [{"uri": BREAK_GLASS}],
    }


def withdrawal_about(handle: str, withdrawal: Withdrawal, *, asker: Country) -> Resource:
    """A withdrawal as a resource about a handle: a consent that is inactive and refuses everything."""
    refusal = Consent(
        id=_id(handle), status_active=False, given_at=withdrawal.at, provisions=(Provision(permit=False),)
    )
    return consents.render(refusal, patient=_patient(handle), custodian=asker)


def read_consent(resource: Resource, *, handle: str) -> Consent:
    """The consent that a travelling resource expresses.

    Args:
        resource: the Consent as `open_envelope` gave it.
        handle: that it must be about.

    Raises:
        InvalidError: not a readable consent in force.
        SignatureError: about another handle.
    """
    consent = consents.expressed(resource)
    if resource["patient"] != _patient(handle):
        raise SignatureError(reason="statement-of-another-handle")
    if not consent.status_active:
        raise InvalidError("The statement is not a consent in force.", ("Consent.status",))
    return consent


def read_override(resource: Resource, *, handle: str, asker: Country) -> Consent:
    """What stands in for a consent, as a travelling resource says it; arguments as for `read_consent`.

    Raises:
        InvalidError: not for one emergency of the asker's alone, or for longer than an hour.
        SignatureError: about another handle.
    """
    stated = read_consent(resource, handle=handle)
    if resource.get("policy") != [{"uri": BREAK_GLASS}] or not is_override(stated, asker):
        raise InvalidError("The statement is not of an emergency.", ("Consent.policy",))
    return stated


def read_withdrawal(resource: Resource, *, handle: str) -> Withdrawal:
    """The withdrawal that a travelling resource expresses; arguments as for `read_consent`.

    Raises:
        InvalidError: not a withdrawal.
        SignatureError: about another handle.
    """
    consent = consents.expressed(resource)
    if resource["patient"] != _patient(handle):
        raise SignatureError(reason="statement-of-another-handle")
    if consent.status_active or consent.provisions != (Provision(permit=False),):
        raise InvalidError("The statement is not a withdrawal.", ("Consent.status",))
    return Withdrawal(last_instant(resource["dateTime"]))


def envelope(consent: Resource, signature: Resource) -> bytes:
    """Consent and Provenance as one collection Bundle, in bytes."""
    entries = [{"resource": consent}, {"resource": signature}]
    return orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def open_envelope(statement: bytes) -> tuple[Resource, Resource]:
    """The Consent and the Provenance of a travelling statement, both valid R4.

    Raises:
        CorridorError: not a Bundle of exactly these two, or not about each other.
    """
    bundle = parse_object(statement, max_bytes=MAX_BYTES)
    consent, signature = _parts(bundle.get("entry"))
    validate(consent)
    validate(signature)
    if [target.get("reference") for target in signature["target"]] != [f"Consent/{consent.get('id')}"]:
        raise InvalidError("The Provenance is of another resource.", ("Provenance.target",))
    return consent, signature


def signature_for(consent: Resource, *, signer: Country, jws: str, at: datetime) -> Resource:
    """The Provenance that carries a country's signature of a travelling Consent.

    Source: https://hl7.org/fhir/R4/datatypes.html#Signature
    """
    return provenance.render(
        id=f"{consent['id']}-signature", targets=[f"Consent/{consent['id']}"], agent=signer, recorded_at=at, jws=jws
    )


def _id(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()[:_ID_DIGITS]


def _patient(handle: str) -> Resource:
    return {"type": "Patient", "identifier": {"system": HANDLE_SYSTEM, "value": handle}}


def _parts(entries: object) -> tuple[Resource, Resource]:
    found = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    resources = [each for each in found if isinstance(each, dict)]
    if [each.get("resourceType") for each in resources] != ["Consent", "Provenance"] or len(found) > len(resources):
        raise InvalidError("A statement is a Consent and its Provenance.", ("Bundle.entry",))
    return resources[0], resources[1]
