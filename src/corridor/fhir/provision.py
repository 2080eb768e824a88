"""One provision of a Consent: what it permits or denies, to whom, why and of which dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, tzinfo
from typing import Any

from corridor.domain import category as categories
from corridor.domain import purpose as purposes
from corridor.domain.category import CLINICAL, Category
from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.domain.provision import Provision
from corridor.domain.purpose import Purpose
from corridor.fhir.consent_actors import read_actors, render_actors
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import instant
from corridor.fhir.search_values import interval, last_instant

HOLDER = "https://corridor.example/fhir/StructureDefinition/holder"
"""Extension of a provision: a country that may be asked; none means any."""

ROOT = "Consent.provision"

_HIV = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "HIV")
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_PURPOSE_SYSTEMS = (purposes.SYSTEM, purposes.LOCAL_SYSTEM)
_LABELS_INSTEAD = f"PCF allows none in a provision: name categories as securityLabel of {categories.SYSTEM}."
_BANNED = {
    "class": _LABELS_INSTEAD,
    "code": _LABELS_INSTEAD,
    "action": "PCF allows no action in a provision: what is permitted is that the record is disclosed.",
    "data": "Single records are not named in a Consent here: name categories and a dataPeriod.",
    "modifierExtension": "A provision that something unknown modifies cannot be kept.",
}
_ONE_LEVEL = {"provision": "There is one level of permits and denials below the root."}
_BELOW_ONLY = dict.fromkeys(
    ("actor", "purpose", "securityLabel", "dataPeriod", "extension"),
    "Above other provisions the root only denies, for a period: the provisions below it say the rest.",
)
_CATEGORIES = {str(category): category for category in Category}
_PERMITTABLE = frozenset(Purpose)


def read_provisions(root: Resource, zone: tzinfo = UTC) -> Iterable[Provision]:
    """The permits and denials below a root that denies; days begin and end in the zone.

    Raises:
        InvalidError: the root permits, there is a third level, or an element that PCF or this federation forbids.

    Source: IHE PCF, consentAdvanced.
    """
    if root.get("type") != "deny":
        raise InvalidError("A Consent denies at its root and permits below.", (f"{ROOT}.type",))
    refuse(root, _BANNED, ROOT)
    nested = root.get("provision", ())
    if not nested:
        # A root that says nothing more is a refusal, of all that its own elements describe.
        yield _provision({**root, "period": {}}, ROOT, zone)
        return
    refuse(root, _BELOW_ONLY, ROOT)
    for index, each in enumerate(nested):
        yield _provision(each, f"{ROOT}.provision[{index}]", zone)


def refuse(node: Resource, why: dict[str, str], at: str) -> None:
    """Let pass a node that has none of some elements.

    Raises:
        InvalidError: with what `why` says of the first that it has.
    """
    for name, message in why.items():
        if name in node:
            raise InvalidError(message, (f"{at}.{name}",))


def _provision(node: Resource, at: str, zone: tzinfo) -> Provision:
    refuse(node, _BANNED | _ONE_LEVEL, at)
    if node.get("type") not in {"permit", "deny"}:
        raise InvalidError("A provision permits or denies.", (f"{at}.type",))
    permit = node["type"] == "permit"
    named = read_actors(node.get("actor", ()), f"{at}.actor")
    return Provision(
        permit=permit,
        countries=named.countries,
        purposes=_purposes(node.get("purpose", ()), f"{at}.purpose", permit=permit),
        categories=_labels(node.get("securityLabel", ()), f"{at}.securityLabel", permit=permit),
        period=read_period(node.get("period"), zone),
        data_period=read_period(node.get("dataPeriod"), zone),
        holders=frozenset(_holders(node.get("extension", ()), f"{at}.extension")),
        organisations=named.organisations,
        roles=named.roles,
        persons=named.persons,
    )


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
    if permit and not (codes and codes <= _PERMITTABLE):
        raise InvalidError("A permit names purposes, and only such as a consent can permit.", (at,))
    return codes


def _labels(codings: Sequence[Resource], at: str, *, permit: bool) -> frozenset[Category]:
    """Categories named by labels; HIV alone permits all that is clinical, and denies everything."""
    pairs = [pair for pair in _pairs(codings) if pair[0] != _CONFIDENTIALITY]
    named = [code for system, code in pairs if system == categories.SYSTEM]
    if any(code not in _CATEGORIES for code in named) or len(named) + pairs.count(_HIV) != len(pairs):
        raise InvalidError("The label is not one that is known here.", (at,))
    if not permit:
        return frozenset() if _HIV in pairs else frozenset(_CATEGORIES[str(code)] for code in named)
    if not pairs:
        raise InvalidError("A permit names the categories that it is about.", (at,))
    return frozenset(_CATEGORIES[str(code)] for code in named) or CLINICAL


def _pairs(codings: Iterable[Resource]) -> list[tuple[Any, Any]]:
    return [(coding.get("system"), coding.get("code")) for coding in codings]


def read_period(node: Resource | None, zone: tzinfo = UTC) -> Period:
    """A FHIR Period, both ends included; a day that is named as an end lasts until its last microsecond."""
    start, end = (node or {}).get("start"), (node or {}).get("end")
    return Period(interval(start, zone)[0] if start else None, last_instant(end, zone) if end else None)


def render_provision(provision: Provision) -> Resource:
    """The provision as `read_provisions` reads it back, below a root."""
    node: Resource = {"type": "permit" if provision.permit else "deny"}
    lists: tuple[tuple[str, Iterable[str], Callable[[str], Resource]], ...] = (
        ("extension", provision.holders, lambda code: {"url": HOLDER, "valueCode": code}),
        ("securityLabel", provision.categories, lambda code: {"system": categories.SYSTEM, "code": code}),
        ("purpose", provision.purposes, lambda code: {"system": purposes.system(code), "code": code}),
    )
    node |= {name: [write(code) for code in sorted(codes)] for name, codes, write in lists if codes}
    if actors := render_actors(provision):
        node["actor"] = actors
    return node | render_period("period", provision.period) | render_period("dataPeriod", provision.data_period)


def render_period(name: str, period: Period) -> Resource:
    """The period under its element's name, or nothing where it has no ends."""
    ends = {"start": period.start, "end": period.end}
    found = {side: instant(at) for side, at in ends.items() if at}
    return {name: found} if found else {}
