"""R4 Consent in the shape of PCF Advanced: a root that denies, and one level of permits and denials below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from corridor.domain import category as categories
from corridor.domain import purpose as purposes
from corridor.domain.category import CLINICAL, Category
from corridor.domain.consent import Consent, Provision, denial
from corridor.domain.country import Country, country
from corridor.domain.errors import CorridorError, InvalidError
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import Purpose
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import country_of, country_reference, instant
from corridor.fhir.search_values import interval
from corridor.fhir.validate import validate

PROFILE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentAdvanced"
POLICY = "https://corridor.example/fhir/Policy/federation"
"""The federation's policy: it forbids purposes that no consent can permit."""
HOLDER = "https://corridor.example/fhir/StructureDefinition/holder"
"""Extension of a provision: a country that may be asked; none means any."""
WITHDRAWN = "https://corridor.example/fhir/StructureDefinition/withdrawn"
"""Extension of a Consent: the instant from which its permits are void."""

_SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
_CATEGORY = {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}
_RECIPIENT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}
_HIV = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "HIV")
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_PURPOSE_SYSTEMS = (purposes.SYSTEM, purposes.LOCAL_SYSTEM)
_REQUIRED = ("patient", "dateTime", "performer", "organization", "provision")
_BANNED = ("verification", "modifierExtension", "implicitRules")
_BANNED_IN_PROVISION = ("action", "class", "code", "data", "modifierExtension")
_ROOT = "Consent.provision"
_OVER = frozenset({"inactive", "entered-in-error"})
_MOMENT = timedelta.resolution


def read(resource: Resource) -> Consent:
    """The consent that a resource expresses.

    Raises:
        InvalidError: not valid R4, not in the shape of PCF Advanced, or it permits what no consent can.

    Source: IHE PCF, consentAdvanced (https://profiles.ihe.net/ITI/PCF/).
    """
    if resource.get("resourceType") != "Consent":
        raise InvalidError("A Consent is expected.", ("resourceType",))
    validate(resource)
    return expressed(resource)


def expressed(resource: Resource) -> Consent:
    """`read` for a Consent that was found to be valid R4 already; errors as there."""
    _check_shape(resource)
    return Consent(
        id=resource.get("id", ""),
        status_active=resource["status"] == "active",
        given_at=interval(resource["dateTime"])[0],
        withdrawn_at=_withdrawn(resource),
        period=_period(resource["provision"].get("period")),
        provisions=tuple(_provisions(resource["provision"])),
    )


def read_or_deny(resource: Resource, *, id: str, at: datetime) -> Consent:
    """The consent, or a denial of everything where it cannot be understood and has not ended.

    Args:
        resource: as it is stored, readable or not.
        id: under which it is stored.
        at: when it was stored.
    """
    try:
        return read(resource)
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
    _refuse(resource, _BANNED, "Consent")
    if _pairs(resource["scope"].get("coding", ())) != [(_SCOPE["system"], _SCOPE["code"])]:
        raise InvalidError("The scope of a Consent is patient-privacy.", ("Consent.scope",))
    if not all("uri" in policy for policy in resource.get("policy", ({},))):
        raise InvalidError("A Consent names the URI of its policy.", ("Consent.policy",))


def _refuse(node: Resource, names: Iterable[str], at: str) -> None:
    for name in names:
        if name in node:
            raise InvalidError("This element is not allowed in a Consent here.", (f"{at}.{name}",))


def _withdrawn(resource: Resource) -> datetime | None:
    found = [each for each in resource.get("extension", ()) if each.get("url") == WITHDRAWN]
    values = [each.get("valueDateTime") for each in found]
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise InvalidError("A withdrawal is one date.", ("Consent.extension",))
    return interval(values[0])[0] if values else None


def _provisions(root: Resource) -> Iterable[Provision]:
    if root.get("type") != "deny":
        raise InvalidError("A Consent denies at its root and permits below.", (f"{_ROOT}.type",))
    _refuse(root, _BANNED_IN_PROVISION, _ROOT)
    nested = root.get("provision", ())
    if not nested:
        # A root that says nothing more is a refusal, of all that its own elements describe.
        yield _provision({**root, "period": {}}, _ROOT)
        return
    _refuse(root, ("actor", "purpose", "securityLabel", "dataPeriod", "extension"), _ROOT)
    for index, each in enumerate(nested):
        yield _provision(each, f"{_ROOT}.provision[{index}]")


def _provision(node: Resource, at: str) -> Provision:
    _refuse(node, (*_BANNED_IN_PROVISION, "provision"), at)
    if node.get("type") not in {"permit", "deny"}:
        raise InvalidError("A provision permits or denies.", (f"{at}.type",))
    permit = node["type"] == "permit"
    return Provision(
        permit=permit,
        countries=frozenset(_actors(node.get("actor", ()), f"{at}.actor")),
        purposes=_purposes(node.get("purpose", ()), f"{at}.purpose", permit=permit),
        categories=_labels(node.get("securityLabel", ()), f"{at}.securityLabel", permit=permit),
        period=_period(node.get("period")),
        data_period=_period(node.get("dataPeriod")),
        holders=frozenset(_holders(node.get("extension", ()), f"{at}.extension")),
    )


def _actors(actors: Sequence[Resource], at: str) -> Iterable[Country]:
    for index, actor in enumerate(actors):
        if _pairs(actor["role"].get("coding", ())) != [(_RECIPIENT["system"], _RECIPIENT["code"])]:
            raise InvalidError("An actor is an information recipient (IRCP).", (f"{at}[{index}].role",))
        yield country_of(actor["reference"], f"{at}[{index}].reference")


def _holders(extensions: Sequence[Resource], at: str) -> Iterable[Country]:
    for extension in extensions:
        if extension.get("url") == HOLDER:
            code = extension.get("valueCode")
            if not isinstance(code, str):
                raise InvalidError("A holder is named by a country's code.", (at,))
            yield country(code)


def _purposes(codings: Sequence[Resource], at: str, *, permit: bool) -> frozenset[str]:
    pairs = _pairs(codings)
    if any(system not in _PURPOSE_SYSTEMS or not code for system, code in pairs):
        raise InvalidError("The purpose is of a code system that is not known here.", (at,))
    codes = frozenset(str(code) for _, code in pairs)
    if permit and not (codes and codes <= frozenset(Purpose)):
        raise InvalidError("A permit names purposes, and only such as a consent can permit.", (at,))
    return codes


def _labels(codings: Sequence[Resource], at: str, *, permit: bool) -> frozenset[Category]:
    """Categories named by labels; HIV alone permits all that is clinical, and denies everything."""
    pairs = [pair for pair in _pairs(codings) if pair[0] != _CONFIDENTIALITY]
    named = [code for system, code in pairs if system == categories.SYSTEM]
    known = {str(category): category for category in Category}
    if any(code not in known for code in named) or len(named) + pairs.count(_HIV) != len(pairs):
        raise InvalidError("The label is not one that is known here.", (at,))
    if not permit:
        return frozenset() if _HIV in pairs else frozenset(known[str(code)] for code in named)
    if not pairs:
        raise InvalidError("A permit names the categories that it is about.", (at,))
    return frozenset(known[str(code)] for code in named) or CLINICAL


def _pairs(codings: Iterable[Resource]) -> list[tuple[Any, Any]]:
    return [(coding.get("system"), coding.get("code")) for coding in codings]


def _period(node: Resource | None) -> Period:
    start, end = (node or {}).get("start"), (node or {}).get("end")
    if not start and not end:
        return ALWAYS
    return Period(interval(start)[0] if start else None, interval(end)[1] - _MOMENT if end else None)


def render(consent: Consent, *, patient: Resource, custodian: Country) -> Resource:
    """The consent as a resource that `read` reads back as it is.

    Args:
        consent: with an id and at least one provision; without any it reads back as a refusal of everything.
        patient: Reference to whom it is about, literal or by identifier.
        custodian: the country that keeps it.

    Source: IHE PCF, consentAdvanced.
    """
    provision: Resource = {"type": "deny", **_rendered_period("period", consent.period)}
    if consent.provisions:
        provision["provision"] = [_rendered_provision(each) for each in consent.provisions]
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


def _rendered_provision(provision: Provision) -> Resource:
    node: Resource = {"type": "permit" if provision.permit else "deny"}
    lists: tuple[tuple[str, Iterable[str], Callable[[str], Resource]], ...] = (
        ("extension", provision.holders, lambda code: {"url": HOLDER, "valueCode": code}),
        ("actor", provision.countries, _rendered_actor),
        ("securityLabel", provision.categories, lambda code: {"system": categories.SYSTEM, "code": code}),
        ("purpose", provision.purposes, _rendered_purpose),
    )
    node |= {name: [write(code) for code in sorted(codes)] for name, codes, write in lists if codes}
    return node | _rendered_period("period", provision.period) | _rendered_period("dataPeriod", provision.data_period)


def _rendered_actor(code: str) -> Resource:
    return {"role": {"coding": [_RECIPIENT]}, "reference": country_reference(country(code))}


def _rendered_purpose(code: str) -> Resource:
    return {"system": purposes.system(code), "code": code}


def _rendered_period(name: str, period: Period) -> Resource:
    ends = {"start": period.start, "end": period.end}
    found = {side: instant(at) for side, at in ends.items() if at}
    return {name: found} if found else {}
