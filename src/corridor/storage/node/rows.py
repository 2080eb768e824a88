"""A draft as rows: what the record's own columns say is not said again in the tables of facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Table

from corridor.domain.record import DateFact, Draft, ReferenceFact, StringFact, TokenFact
from corridor.fhir.parameters import Route, clinical_date, main_code, parameters
from corridor.storage.node import bodies
from corridor.storage.node.tables import fact_date, fact_reference, fact_string, fact_token, projection
from corridor.storage.times import to_micros

Row = Mapping[str, Any]

WORD_MAX = 200
"""Characters of a text that an index keeps; neither database indexes a text without end."""

PATIENT_PARAMETERS = frozenset({"patient", "subject"})


NOBODY = ""
"""Stands for the patient of a projection that belongs to none; no FHIR id is empty."""


@dataclass(slots=True)
class Rows:
    """Rows to insert, by table."""

    by_table: dict[Table, list[Row]] = field(default_factory=dict)

    def add(self, table: Table, row: Row) -> None:
        """One more row of a table."""
        self.by_table.setdefault(table, []).append(row)


def bounded(text: str) -> str:
    """A code short enough for an index: a longer one ends in its digest."""
    if len(text) <= WORD_MAX:
        return text
    return text[: WORD_MAX - 64] + sha256(text.encode("utf-8", "replace")).hexdigest()


def split_code(code: str) -> tuple[str, str]:
    """System and code of a `system|code`."""
    system, _, value = code.partition("|")
    return bounded(system), bounded(value)


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


def record_row(draft: Draft, *, key: int, version: int, at: datetime, body: bytes) -> Row:
    """The draft as a row of the record table."""
    system, code = split_code(draft.code)
    return {
        "key": key,
        "resource_type": draft.resource_type,
        "id": draft.id,
        "version": version,
        "updated_at": to_micros(at),
        "patient_id": draft.patient_id,
        "code": code,
        "code_system": system,
        "effective": None if draft.effective is None else to_micros(draft.effective),
        "effective_end": _effective_end(draft),
        "body": bodies.pack(body),
    }


def add_facts(rows: Rows, draft: Draft, *, key: int) -> None:
    """Add a row for every fact that the record's columns do not carry."""
    for table, row in dict.fromkeys(_fact_rows(draft)):
        rows.add(table, dict(zip(_NAMES[table], (*row, key), strict=True)))


def add_projection(rows: Rows, draft: Draft) -> None:
    """Add what may cross a border; a Medication is nobody's and goes with whoever refers to it."""
    projected = draft.projection
    if projected is None:
        return
    row = {
        "patient_id": draft.patient_id or NOBODY,
        "resource_type": draft.resource_type,
        "id": draft.id,
        "category": projected.category.value,
        "effective": None if projected.effective is None else to_micros(projected.effective),
        "template": bodies.pack(projected.template),
    }
    rows.add(projection, row)


def deleted_row(row: Row, *, version: int, at: datetime) -> Row:
    """The row that says that a resource was deleted."""
    kept = {name: row[name] for name in ("key", "resource_type", "id", "patient_id")}
    emptied = {"code": "", "code_system": "", "effective": None, "effective_end": None, "body": None}
    return kept | emptied | {"version": version, "updated_at": to_micros(at)}


_NAMES: dict[Table, Sequence[str]] = {
    fact_token: ("parameter", "system", "code", "key"),
    fact_string: ("parameter", "folded", "key"),
    fact_date: ("parameter", "start", "end", "key"),
    fact_reference: ("parameter", "target_type", "target_id", "key"),
}


def _effective_end(draft: Draft) -> int | None:
    names = date_parameters(draft.resource_type)
    for fact in draft.facts:
        if type(fact) is DateFact and fact.parameter in names and fact.start == draft.effective:
            return to_micros(fact.end)
    return None


def _fact_rows(draft: Draft) -> Iterator[tuple[Table, tuple[Any, ...]]]:
    main = main_code(draft.resource_type) if draft.code else ""
    end = _effective_end(draft)
    for fact in draft.facts:
        if type(fact) is TokenFact and not (fact.parameter == main and f"{fact.system}|{fact.code}" == draft.code):
            yield fact_token, (fact.parameter, bounded(fact.system), bounded(fact.code))
        elif type(fact) is DateFact and not _is_own_date(fact, draft, end):
            yield fact_date, (fact.parameter, to_micros(fact.start), to_micros(fact.end))
        elif type(fact) is StringFact:
            yield fact_string, (fact.parameter, fact.folded[:WORD_MAX])
        elif type(fact) is ReferenceFact and not _is_own_patient(fact, draft):
            yield fact_reference, (fact.parameter, fact.target_type, fact.target_id)


def _is_own_date(fact: DateFact, draft: Draft, end: int | None) -> bool:
    named = fact.parameter in date_parameters(draft.resource_type)
    return named and fact.start == draft.effective and to_micros(fact.end) == end


def _is_own_patient(fact: ReferenceFact, draft: Draft) -> bool:
    named = fact.parameter in PATIENT_PARAMETERS and fact.target_type == "Patient"
    return named and fact.target_id == draft.patient_id
