"""A draft's facts, sorted by where they are kept: in sets that many records share, in rows of their own, or in columns.

What the record's own columns say is not said again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Table

from corridor.domain.record import DateFact, Draft, Fact, QuantityFact, ReferenceFact, StringFact, TokenFact
from corridor.fhir.parameters import Route, clinical_date, parameters
from corridor.storage.node.blind_dates import day_text
from corridor.storage.node.fact_tables import fact_date, fact_quantity, fact_reference, fact_string, fact_token
from corridor.storage.seals import CLEAR, Seals
from corridor.storage.times import to_micros

WORD_MAX = 200
"""Characters of a code that an index keeps; neither database indexes a text without end."""

TEXT_MAX = 500
"""Characters of a text that are searched."""

PATIENT_PARAMETERS = frozenset({"patient", "subject"})
"""Under these a resource names the patient whose compartment it is in."""

SEALED_DATES = frozenset({"birthdate"})
"""Dates that help to tell who somebody is; where rows are sealed they are kept as blind texts."""

SHARED_TARGETS = frozenset({"HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"})
"""Few of these treat many: references to them are kept in sets."""

_UNSHARED = frozenset(
    {"identifier", "phone", "email", "telecom", "accession", "container-id", "group-identifier", "related-id"}
)

Code = tuple[str, str, str, int]
"""Parameter, system, code, element."""

Text = tuple[str, str, str, int]
"""Parameter, folded, as written, element."""

Link = tuple[str, str, str, int]
"""Parameter, target's type, target's id, element."""

Unit = tuple[str, str, str, str]
"""System, code, name of the base units, and how it is written for people where that is not the code."""


def bounded(text: str) -> str:
    """A code short enough for an index: a longer one ends in its digest."""
    if len(text) <= WORD_MAX:
        return text
    return text[: WORD_MAX - 64] + sha256(text.encode("utf-8", "replace")).hexdigest()


@cache
def is_unshared(parameter: str) -> bool:
    """Whether the codes of a parameter tell records apart, so that each is a row of its own."""
    name, _, modifier = parameter.partition(":")
    return name in _UNSHARED or modifier in {"of-type", "identifier"}


@cache
def date_parameters(resource_type: str) -> frozenset[str]:
    """Names under which the record's own clinical date is searched: its parameter, and `date` where that is it too."""
    name = clinical_date(resource_type)
    if not name:
        return frozenset()
    also = parameters(resource_type)["date"].routes == _renamed(parameters(resource_type)[name].routes)
    return frozenset({name, "date"} if also else {name})


def _renamed(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    return tuple(replace(route, parameter="date") for route in routes)


Value = tuple[Table, tuple[Any, ...]]
"""A row without its key and role: the table, and its other columns."""


class Parts(msgspec.Struct):
    """The facts of one draft.

    Attributes:
        effective: start and end of the record's own clinical date in microseconds, each None where there is none; the
            end is None, too, where there are several such dates, which then are all in rows of their own.
        names: every parameter that the resource has.
        rows: the parameters of each value that is a row of its own.
    """

    resource_type: str
    patient_id: str | None
    effective: tuple[int | None, int | None]
    names: set[str] = msgspec.field(default_factory=set)
    codes: set[Code] = msgspec.field(default_factory=set)
    texts: set[Text] = msgspec.field(default_factory=set)
    links: set[Link] = msgspec.field(default_factory=set)
    rows: dict[Value, list[str]] = msgspec.field(default_factory=dict)
    seals: Seals = CLEAR

    def add(self, fact: Fact) -> None:
        """One more fact."""
        self.names.add(fact.parameter)
        _ADD[type(fact)](self, fact)

    def keep(self, parameter: str, value: Value) -> None:
        """A row of its own, under one more parameter."""
        self.rows.setdefault(value, []).append(parameter)


def sort_facts(draft: Draft, seals: Seals = CLEAR) -> Parts:
    """Where each fact of a draft is kept, and in which form."""
    parts = Parts(draft.resource_type, draft.patient_id, _effective(draft), seals=seals)
    for fact in draft.facts:
        parts.add(fact)
    return parts


def _effective(draft: Draft) -> tuple[int | None, int | None]:
    if draft.effective is None:
        return None, None
    names = date_parameters(draft.resource_type)
    dated = {
        (fact.start, fact.end, fact.element)
        for fact in draft.facts
        if type(fact) is DateFact and fact.parameter in names
    }
    if len(dated) == 1:
        ((start, end, element),) = dated
        if start == draft.effective and not element:
            return to_micros(start), to_micros(end)
    return to_micros(draft.effective), None


# ---------------------------------------------------------------- one way for each kind of fact


def _token(parts: Parts, fact: TokenFact) -> None:
    name, system, code = fact.parameter, bounded(fact.system), bounded(fact.code)
    if is_unshared(name):
        parts.keep(name, (fact_token, (fact.element, parts.seals.blind(code), system)))
    elif name == "_source" and "#" in code:  # a source may name the message that it came with
        parts.keep(name, (fact_token, (fact.element, code, system)))
    else:
        parts.codes.add((name, system, code, fact.element))


def _string(parts: Parts, fact: StringFact) -> None:
    folded, text = parts.seals.blind_beginning(fact.folded[:TEXT_MAX]), fact.text or fact.folded
    if ":" in fact.parameter:
        parts.texts.add((fact.parameter, folded, parts.seals.close_shared(text), fact.element))
    else:
        parts.keep(fact.parameter, (fact_string, (fact.element, folded, text)))


def _date(parts: Parts, fact: DateFact) -> None:
    span = to_micros(fact.start), to_micros(fact.end)
    own = span == parts.effective and not fact.element and fact.parameter in date_parameters(parts.resource_type)
    if parts.seals.closed and fact.parameter in SEALED_DATES:
        text = day_text(fact.start, fact.end)
        parts.keep(fact.parameter, (fact_string, (fact.element, parts.seals.blind_beginning(text), text)))
    elif not own:
        parts.keep(fact.parameter, (fact_date, (*span, fact.element)))


def _quantity(parts: Parts, fact: QuantityFact) -> None:
    low, high, base = fact.canonical or (None, None, "")
    unit: Unit = bounded(fact.system), bounded(fact.code), bounded(base), bounded(fact.unit)
    parts.keep(fact.parameter, (fact_quantity, (fact.low, fact.high, unit, fact.element, low, high)))


def _reference(parts: Parts, fact: ReferenceFact) -> None:
    named = fact.parameter in PATIENT_PARAMETERS and fact.target_type == "Patient" and not fact.element
    if named and fact.target_id == parts.patient_id:
        return
    target = bounded(fact.target_id)
    if fact.target_type in SHARED_TARGETS:
        parts.links.add((fact.parameter, fact.target_type, target, fact.element))
    else:
        parts.keep(fact.parameter, (fact_reference, (fact.element, target, fact.target_type)))


_ADD: dict[type, Callable[[Parts, Any], None]] = {
    TokenFact: _token,
    StringFact: _string,
    DateFact: _date,
    QuantityFact: _quantity,
    ReferenceFact: _reference,
}
