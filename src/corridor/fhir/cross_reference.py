"""Which identifiers stand for the same person: what `$ihe-pix` is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.operations import parameters_of
from corridor.fhir.parse import Resource

COUNTRY_SYSTEM = "https://corridor.example/country/"
"""Identifier systems of the pairwise pseudonyms under which other countries' persons are known here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question.

    Attributes:
        system: of the source identifier, or this base's address.
        value: the identifier, or `Patient/id`.
        targets: identifier systems to answer in; none for every one of the national register.
    """

    system: str
    value: str
    targets: tuple[str, ...]


def read_query(pairs: Iterable[tuple[str, str]]) -> Wanted:
    """The question that an address asks.

    Raises:
        InvalidError: not one source identifier with its system, or an empty target.
        UnsupportedError: another parameter.

    Source: IHE PIXm ITI-83, 2:3.83.4.1.2.
    """
    given = [(name, value) for name, value in pairs if name not in ANSWER_FORM]
    if any(name not in {"sourceIdentifier", "targetSystem"} for name, _ in given):
        raise UnsupportedError("The operation $ihe-pix takes sourceIdentifier and targetSystem.")
    sources = [value for name, value in given if name == "sourceIdentifier"]
    targets = tuple(dict.fromkeys(value for name, value in given if name == "targetSystem"))
    system, bar, value = sources[0].partition("|") if len(sources) == 1 else ("", "", "")
    if not (system and bar and value) or not all(targets):
        raise InvalidError("The parameter sourceIdentifier is one system|value, and targetSystem an address.")
    return Wanted(system, value, targets)


def read_parameters(raw: bytes, *, beside: Iterable[tuple[str, str]] = ()) -> Wanted:
    """The question that a Parameters resource asks; profile IHE.PIXm.Query.Parameters.In, or Chile's Identifier.

    Args:
        raw: the body.
        beside: names and values of the address.

    Raises:
        InvalidError: as `read_query`.
        MalformedError: not JSON.
    """
    return read_query([*beside, *((each["name"], _text(each)) for each in parameters_of(raw))])


def _text(part: Resource) -> str:
    identifier = part.get("valueIdentifier")
    if isinstance(identifier, dict):
        return f"{identifier.get('system', '')}|{identifier.get('value', '')}"
    return str(part.get("valueString", part.get("valueUri", "")))


def identifiers(body: bytes) -> Iterator[tuple[str, str]]:
    """System and value of a stored Patient's identifiers, old ones left out."""
    for each in orjson.loads(body).get("identifier", ()):
        if each.get("system") and each.get("value") and each.get("use") != "old":
            yield each["system"], each["value"]


def survivor(body: bytes) -> str:
    """What replaced a stored Patient, as a search would name it: `_id=…` or `identifier=…`; empty where nothing did."""
    for link in orjson.loads(body).get("link", ()):
        other: dict[str, Any] = link.get("other", {})
        if link.get("type") != "replaced-by":
            continue
        reference = str(other.get("reference", ""))
        if reference.startswith("Patient/"):
            return f"_id={reference.removeprefix('Patient/')}"
        named = other.get("identifier", {})
        if named.get("system") and named.get("value"):
            return f"identifier={named['system']}|{named['value']}"
    return ""


def corresponding(found: Iterable[tuple[str, str]], references: Sequence[str]) -> bytes:
    """The Parameters of an answer.

    Args:
        found: systems and values.
        references: addresses of Patients.

    Source: IHE PIXm ITI-83, IHE.PIXm.Query.Parameters.Out.
    """
    parts = [
        {"name": "targetIdentifier", "valueIdentifier": {"system": system, "value": value}} for system, value in found
    ]
    parts += [{"name": "targetId", "valueReference": {"reference": each}} for each in references]
    resource: Resource = {"resourceType": "Parameters"}
    return orjson.dumps(resource | ({"parameter": parts} if parts else {}))
