"""Who may receive: a country, an organisation, a role or a person, named so that it means the same everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError
from corridor.domain.principal import Role
from corridor.domain.provision import Provision
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import COUNTRY_SYSTEM, country_reference

ROLE_SYSTEM = "https://corridor.example/fhir/CodeSystem/role"
"""Identifier system of roles, as `PractitionerRole` references name them."""

_RECIPIENT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named; organisations and persons as `system|value`."""

    countries: frozenset[Country]
    organisations: frozenset[str]
    roles: frozenset[str]
    persons: frozenset[str]


def read_actors(actors: Sequence[Resource], at: str) -> Named:
    """Who a provision names.

    A Reference by identifier: of ISO 3166 it is a country; else an Organization, a PractitionerRole of our own roles,
    or a Practitioner. Literal references mean something at one base alone and are refused.

    Raises:
        InvalidError: not an information recipient, or nobody that can be told apart everywhere.

    Source: IHE PCF, consentAdvanced, `actor.role` IRCP.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for index, actor in enumerate(actors):
        roles = [(each.get("system"), each.get("code")) for each in actor["role"].get("coding", ())]
        if roles != [(_RECIPIENT["system"], _RECIPIENT["code"])]:
            raise InvalidError("An actor is an information recipient (IRCP).", (f"{at}[{index}].role",))
        kind, name = _named(actor["reference"], f"{at}[{index}].reference")
        found[kind].add(name)
    return Named(
        countries=frozenset(map(country, found["country"])),
        organisations=frozenset(found["Organization"]),
        roles=frozenset(found["PractitionerRole"]),
        persons=frozenset(found["Practitioner"]),
    )


def _named(reference: Resource, at: str) -> tuple[str, str]:
    identifier = reference.get("identifier") or {}
    system, value = identifier.get("system"), identifier.get("value")
    if not system or not value or "|" in system:
        raise InvalidError("An actor is named by an identifier with system and value.", (at,))
    if system == COUNTRY_SYSTEM:
        return "country", country(value)
    kind = reference.get("type")
    if (kind, system) == ("PractitionerRole", ROLE_SYSTEM) and value in set(Role):
        return "PractitionerRole", value
    if kind in {"Organization", "Practitioner"}:
        return kind, f"{system}|{value}"
    raise InvalidError("An actor is a country, an Organization, a role of this federation or a Practitioner.", (at,))


def render_actors(provision: Provision) -> list[Resource]:
    """The actors of a provision, as `read_actors` reads them back."""
    kinds: tuple[tuple[Iterable[str], Callable[[str], Resource]], ...] = (
        (provision.countries, lambda code: country_reference(country(code))),
        (provision.organisations, lambda name: _reference("Organization", *name.split("|", 1))),
        (provision.roles, lambda code: _reference("PractitionerRole", ROLE_SYSTEM, code)),
        (provision.persons, lambda name: _reference("Practitioner", *name.split("|", 1))),
    )
    references = [write(name) for names, write in kinds for name in sorted(names)]
    return [{"role": {"coding": [_RECIPIENT]}, "reference": each} for each in references]


def _reference(kind: str, system: str, value: str) -> Resource:
    return {"type": kind, "identifier": {"system": system, "value": value}}
