"""A mapping file, read and checked before a row is: every name in it means something."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from corridor.domain.errors import InvalidError
from corridor.fhir.cell_dates import SERIAL, detail
from corridor.fhir.cell_papers import issuer_of
from corridor.fhir.draft import WRITABLE
from corridor.fhir.mapping import STEP, Field, Mapping, Rule, Source, Unit
from corridor.fhir.search_values import fold
from corridor.fhir.units import is_unit


def read_mapping(content: dict[str, Any]) -> Mapping:
    """A mapping file's content as a mapping whose names all mean something.

    Raises:
        InvalidError: a word, a type or a name in it is unknown or of the wrong kind; the message says where.
    """
    try:
        mapping = msgspec.convert(content, Mapping)
    except msgspec.ValidationError as error:
        raise InvalidError(f"The mapping is wrong: {error}.") from None
    _check_source(mapping.source)
    for unit in _units(mapping):
        if not is_unit(unit.code):
            raise InvalidError(f"The mapping is wrong: {unit.code} is no unit of UCUM, such as kg or {{copies}}/mL.")
    names = [rule.name for rule in mapping.resource]
    if len(set(names)) != len(names):
        raise InvalidError("The mapping is wrong: two resources have one name.")
    for place, rule in enumerate(mapping.resource):
        _check_rule(rule, mapping, before=frozenset(names[:place]))
    return _folded(mapping)


def _check_source(source: Source) -> None:
    try:
        ZoneInfo(source.zone or "UTC")
    except (OSError, ValueError, LookupError):
        raise InvalidError(f"The mapping is wrong: there is no time zone {source.zone}.") from None
    for form in source.dates:
        if form != SERIAL and detail(form) is None:
            raise InvalidError(f"The mapping is wrong: {form} is no form of dates; 31/12/1990 is %d/%m/%Y.")


def _units(mapping: Mapping) -> Iterator[Unit]:
    for table in mapping.units.values():
        yield from table.values()
    for rule in mapping.resource:
        yield from (field.unit for field in rule.fields.values() if field.unit)


def _check_rule(rule: Rule, mapping: Mapping, *, before: frozenset[str]) -> None:
    if rule.type not in WRITABLE:
        raise InvalidError(f"The mapping is wrong: resources of type {rule.type} are not written here.")
    for path, field in rule.fields.items():
        wrong = any(STEP.fullmatch(step) is None for step in path.split("."))
        fault = "this is no path" if wrong else _fault(field, mapping, before)
        if fault:
            raise InvalidError(f"The mapping is wrong: {rule.name}, {path}: {fault}.")


def _fault(field: Field, mapping: Mapping, before: frozenset[str]) -> str:
    """What is wrong with a field, or nothing."""
    tables: list[tuple[str, Collection[str]]] = [
        (field.values, mapping.values),
        (field.issuers, mapping.values),
        (field.codes, mapping.codes),
        (field.units, mapping.units),
    ]
    missing = [name for name, known in tables if name and name not in known]
    if missing:
        return f"there is no table {missing[0]}"
    if field.issuer and not issuer_of(field.issuer):
        return f"{field.issuer} is no code of ISO 3166"
    return _INCOMPLETE.get(field.kind, _without_column)(field, before)


def _without_column(field: Field, _before: frozenset[str]) -> str:
    return "" if field.columns else "it names no column"


def _reference(field: Field, before: frozenset[str]) -> str:
    known = field.to in before or (field.to and field.key and field.type in WRITABLE)
    return "" if known else "it refers to no resource that stands before it, and has no key and type of its own"


def _quantity(field: Field, before: frozenset[str]) -> str:
    known = field.unit or (field.units and field.unit_column)
    return _without_column(field, before) or ("" if known else "it has no unit, and no units with a unit_column")


def _concept(field: Field, before: frozenset[str]) -> str:
    return _without_column(field, before) or ("" if field.codes else "it has no codes")


def _identifier(field: Field, before: frozenset[str]) -> str:
    known = field.system or field.paper or field.paper_column
    return _without_column(field, before) or ("" if known else "it has no system, paper or paper_column")


_INCOMPLETE = {"reference": _reference, "quantity": _quantity, "concept": _concept, "identifier": _identifier}


def _folded(mapping: Mapping) -> Mapping:
    """The mapping with its tables ready to be looked up in."""
    return msgspec.structs.replace(
        mapping,
        values={name: {fold(key): each for key, each in table.items()} for name, table in mapping.values.items()},
        codes={name: {fold(key): each for key, each in table.items()} for name, table in mapping.codes.items()},
        units={name: {fold(key): each for key, each in table.items()} for name, table in mapping.units.items()},
    )
