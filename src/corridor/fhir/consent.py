"""R4 Consent in the shape of PCF Advanced: a root that denies, and one level of permits and denials below it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from corridor.domain.consent import Consent, denial
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, InvalidError
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import country_reference, instant
from corridor.fhir.provision import HOLDER, read_period, read_provisions, refuse, render_period, render_provision
from corridor.fhir.search_values import interval
from corridor.fhir.validate import validate

__all__ = ["HOLDER", "POLICY", "PROFILE", "WITHDRAWN", "expressed", "read", "read_or_deny", "render"]

PROFILE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentAdvanced"
POLICY = "https://corridor.example/fhir/Policy/federation"
"""The federation's policy: it forbids purposes that no consent can permit."""
WITHDRAWN = "https://corridor.example/fhir/StructureDefinition/withdrawn"
"""Extension of a Consent: the instant from which its permits are void."""

_SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
_CATEGORY = {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}
_REQUIRED = ("patient", "dateTime", "performer", "organization", "provision")
_BANNED = {
    "verification": "PCF allows no verification: the signed form is the source of the Consent.",
    "modifierExtension": "A Consent that something unknown modifies cannot be kept.",
    "implicitRules": "A Consent under rules of its own cannot be kept.",
}
_OVER = frozenset({"inactive", "entered-in-error"})


def read(resource: Resource, *, zone: tzinfo = UTC) -> Consent:
    """The consent that a resource expresses.

    Args:
        resource: the Consent.
        zone: of the place where it was written: a day begins and ends there.

    Raises:
        InvalidError: not valid R4, not in the shape of PCF Advanced, or it permits what no consent can.

    Source: IHE PCF, consentAdvanced (https://profiles.ihe.net/ITI/PCF/).
    """
    if resource.get("resourceType") != "Consent":
        raise InvalidError("A Consent is expected.", ("resourceType",))
    validate(resource)
    return expressed(resource, zone=zone)


def expressed(resource: Resource, *, zone: tzinfo = UTC) -> Consent:
    """`read` for a Consent that was found to be valid R4 already; errors as there."""
    _check_shape(resource)
    return Consent(
        id=resource.get("id", ""),
        status_active=resource["status"] == "active",
        given_at=interval(resource["dateTime"], zone)[0],
        withdrawn_at=_withdrawn(resource, zone),
        period=read_period(resource["provision"].get("period"), zone),
        provisions=tuple(read_provisions(resource["provision"], zone)),
    )


def read_or_deny(resource: Resource, *, id: str, at: datetime, zone: tzinfo = UTC) -> Consent:
    """The consent, or a denial of everything where it cannot be understood and has not ended.

    Args:
        resource: as it is stored, readable or not.
        id: under which it is stored.
        at: when it was stored.
        zone: as for `read`.
    """
    try:
        return read(resource, zone=zone)
    except CorridorError:
        unreadable = denial(id, at)
    if resource.get("status") in _OVER:
        return Consent(id=id, status_active=False, given_at=at, provisions=unreadable.provisions)
    return unreadable


def _check_shape(resource: Resource) -> None:
    missing = next((f"Consent.{name}" for name in _REQUIRED if name not in resource), "")
    if not missing and not resource.keys() & {"sourceAttachment", "sourceReference"}:
        missing = "Consent.source"
    if missing:
        raise InvalidError("PCF requires this element of a Consent.", (missing,))
    refuse(resource, _BANNED, "Consent")
    scopes = [(each.get("system"), each.get("code")) for each in resource["scope"].get("coding", ())]
    if scopes != [(_SCOPE["system"], _SCOPE["code"])]:
        raise InvalidError("The scope of a Consent is patient-privacy.", ("Consent.scope",))
    if not all("uri" in policy for policy in resource.get("policy", ({},))):
        raise InvalidError("A Consent names the URI of its policy.", ("Consent.policy",))


def _withdrawn(resource: Resource, zone: tzinfo) -> datetime | None:
    found = [each for each in resource.get("extension", ()) if each.get("url") == WITHDRAWN]
    values = [each.get("valueDateTime") for each in found]
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise InvalidError("A withdrawal is one date.", ("Consent.extension",))
    return next((interval(value, zone)[0] for value in values), None)


def render(consent: Consent, *, patient: Resource, custodian: Country) -> Resource:
    """The consent as a resource that `read` reads back as it is.

    Args:
        consent: with an id and at least one provision; without any it reads back as a refusal of everything.
        patient: Reference to whom it is about, literal or by identifier.
        custodian: the country that keeps it.

    Source: IHE PCF, consentAdvanced.
    """
    provision: Resource = {"type": "deny", **render_period("period", consent.period)}
    if consent.provisions:
        provision["provision"] = [render_provision(each) for each in consent.provisions]
    resource: Resource = {"resourceType": "Consent", "id": consent.id, "meta": {"profile": [PROFILE]}}
    if consent.withdrawn_at:
        resource["extension"] = [{"url": WITHDRAWN, "valueDateTime": instant(consent.withdrawn_at)}]
    return resource | {
        "status": "active" if consent.status_active else "inactive",
        "scope": {"coding": [_SCOPE]},
        "category": [_CATEGORY],
        "patient": patient,
        "dateTime": instant(consent.given_at),
        "performer": [patient],
        "organization": [country_reference(custodian)],
        "sourceAttachment": {"title": "Corridor consent form"},
        "policy": [{"uri": POLICY}],
        "provision": provision,
    }
