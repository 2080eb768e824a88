"""Rules of FHIR that a schema cannot say: between elements, inside narratives, in contained resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from corridor.domain.errors import Issue
from corridor.fhir.schema import RESOURCES
from corridor.fhir.search_values import interval

Resource = dict[str, Any]

_UNSAFE = re.compile(
    r"<\s*/?\s*(script|iframe|object|embed|form|input|button|link|base|meta|frame|frameset|applet|audio|video|svg)\b"
    r"|\son\w+\s*=|javascript:|<!(?!--)|<\?",
    re.IGNORECASE,
)
"""What txt-1 forbids and what could act in a reader's browser."""

_PERIODS = ("period", "effectivePeriod", "onsetPeriod", "abatementPeriod", "occurredPeriod", "valuePeriod")


def invariant(expression: str, message: str) -> Issue:
    """A broken invariant."""
    return Issue("invariant", message, expression)


def _codes(concept: Resource | None) -> set[str]:
    return {coding.get("code", "") for coding in (concept or {}).get("coding", ())}


def _narrative(resource: Resource) -> Iterator[Issue]:
    div = resource["text"].get("div")
    if div is not None and (not div.lstrip().startswith("<div") or _UNSAFE.search(div)):
        yield invariant(
            "text.div", "A narrative is one <div> with formatting only: no scripts, forms or frames (txt-1)."
        )


def _contained(resource: Resource) -> Iterator[Issue]:
    seen = set()
    for index, inner in enumerate(resource["contained"]):
        at = f"contained[{index}]"
        if inner["resourceType"] not in RESOURCES:
            yield Issue("structure", "This resource type does not exist in R4.", f"{at}.resourceType")
        elif not isinstance(inner.get("id"), str) or inner["id"] in seen:
            yield invariant(f"{at}.id", "A contained resource has an id of its own.")
        elif "contained" in inner:
            yield invariant(at, "A contained resource contains no other (dom-2).")
        seen.add(str(inner.get("id")))


def _fragments(resource: Resource) -> Iterator[Issue]:
    known = {"#", *(f"#{inner.get('id')}" for inner in resource["contained"])}
    if any(each.startswith("#") and each not in known for each in references(resource)):
        yield invariant("contained", "A reference points at a contained resource that is not there (ref-1).")


def _after(first: str | None, second: str | None) -> bool:
    """Whether the first date is surely after the second, however short either is written."""
    if not first or not second:
        return False
    return interval(first)[0] >= interval(second)[1]


def _period(resource: Resource, name: str) -> Iterator[Issue]:
    period = resource[name]
    if isinstance(period, dict) and _after(period.get("start"), period.get("end")):
        yield invariant(name, "A period does not end before it starts (per-1).")


def _observation(resource: Resource) -> Iterator[Issue]:
    parts = [("", resource)]
    if "component" in resource:
        parts += [(f"component[{number}].", part) for number, part in enumerate(resource["component"])]
    for at, part in parts:
        if "dataAbsentReason" in part and any(key.startswith("value") for key in part):
            yield invariant(f"{at}dataAbsentReason", "A reason for the absence of a value excludes a value (obs-6).")
        quantity = part.get("valueQuantity", {})
        if "code" in quantity and "system" not in quantity:
            yield invariant(f"{at}valueQuantity", "A coded unit needs its system (qty-3).")


def _patient(resource: Resource) -> Iterator[Issue]:
    for index, contact in enumerate(resource.get("contact", ())):
        if not contact.keys() & {"name", "telecom", "address", "organization"}:
            yield invariant(f"contact[{index}]", "A contact has a name, telecom, address or organisation (pat-1).")


def _condition(resource: Resource) -> Iterator[Issue]:
    clinical = _codes(resource.get("clinicalStatus"))
    abated = any(key.startswith("abatement") for key in resource)
    if abated and clinical and not clinical & {"inactive", "resolved", "remission"}:
        yield invariant("clinicalStatus", "A condition that has abated is inactive, resolved or in remission (con-4).")
    if "entered-in-error" in _codes(resource.get("verificationStatus")) and "clinicalStatus" in resource:
        yield invariant("clinicalStatus", "A condition entered in error has no clinical status (con-5).")


def _allergy(resource: Resource) -> Iterator[Issue]:
    mistaken = "entered-in-error" in _codes(resource.get("verificationStatus"))
    if mistaken == ("clinicalStatus" in resource):
        yield invariant(
            "clinicalStatus", "An allergy has a clinical status unless it was entered in error (ait-1, ait-2)."
        )


def _dispense(resource: Resource) -> Iterator[Issue]:
    if _after(resource.get("whenPrepared"), resource.get("whenHandedOver")):
        yield invariant("whenHandedOver", "Nothing is handed over before it is prepared (mdd-1).")


def _group(resource: Resource) -> Iterator[Issue]:
    if "member" in resource and resource.get("actual") is not True:
        yield invariant("member", "Only an actual group has members (grp-1).")


def _organization(resource: Resource) -> Iterator[Issue]:
    if not resource.keys() & {"identifier", "name"}:
        yield invariant("", "An organisation has an identifier or a name (org-1).")


def _consent(resource: Resource) -> Iterator[Issue]:
    if not resource.keys() & {"policy", "policyRule"}:
        yield invariant("", "A consent names a policy or a policy rule (ppc-1).")


def _audit_event(resource: Resource) -> Iterator[Issue]:
    for index, entity in enumerate(resource.get("entity", ())):
        if "name" in entity and "query" in entity:
            yield invariant(f"entity[{index}]", "An entity has a name or a query, not both (sev-1).")


_BY_ELEMENT: tuple[tuple[str, Callable[[Resource], Iterator[Issue]]], ...] = (
    ("text", _narrative),
    ("contained", _contained),
    ("contained", _fragments),
    *((name, partial(_period, name=name)) for name in _PERIODS),
)
"""Rules of every type, by the element without which there is nothing to look at."""

_BY_TYPE: dict[str, Callable[[Resource], Iterator[Issue]]] = {
    "Observation": _observation,
    "Patient": _patient,
    "Condition": _condition,
    "AllergyIntolerance": _allergy,
    "MedicationDispense": _dispense,
    "Group": _group,
    "Organization": _organization,
    "Consent": _consent,
    "AuditEvent": _audit_event,
}


def broken_rules(resource: Resource) -> Iterator[Issue]:
    """Problems of a resource whose shape is already right; expressions are relative to it.

    Source: https://hl7.org/fhir/R4/ (invariants named in each message).
    """
    for name, rule in _BY_ELEMENT:
        if name in resource:
            yield from rule(resource)
    own = _BY_TYPE.get(resource["resourceType"])
    if own:
        yield from own(resource)


def references(resource: Any) -> Iterator[str]:
    """Every literal reference in a resource, in document order."""
    waiting = [resource]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            reference = node.get("reference")
            if type(reference) is str:
                yield reference
            waiting += [each for each in node.values() if type(each) is dict or type(each) is list]
        else:
            waiting += [each for each in node if type(each) is dict or type(each) is list]
