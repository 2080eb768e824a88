"""One parameter of a search, read to the criterion that storage compares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import (
    CompositeCriterion,
    Criterion,
    DateCriterion,
    MissingCriterion,
    NumberCriterion,
    Prefix,
    QuantityCriterion,
    StringCriterion,
    UriCriterion,
)
from corridor.fhir.parameters import Parameter
from corridor.fhir.schema import RESOURCES
from corridor.fhir.search_amounts import amount, number
from corridor.fhir.search_references import reference
from corridor.fhir.search_text import shown, split, unescaped
from corridor.fhir.search_tokens import folded, token
from corridor.fhir.search_values import approximate, interval
from corridor.fhir.search_wanted import Terms, Wanted

MAX_VALUES = 200

_ORDERED = frozenset({"", "missing"})
_MODIFIERS = {
    "token": frozenset({"", "not", "missing", "text", "in", "not-in", "below", "above", "of-type"}),
    "string": frozenset({"", "exact", "contains", "missing"}),
    "date": _ORDERED,
    "number": _ORDERED,
    "quantity": _ORDERED,
    "reference": frozenset({"", "missing", "identifier"}),
    "uri": frozenset({"", "missing", "below", "above"}),
    "composite": frozenset({""}),
}
_CODED = frozenset({"code", "Coding", "CodeableConcept"})
_NEEDED = {
    "text": frozenset({"Coding", "CodeableConcept", "Identifier"}),
    "of-type": frozenset({"Identifier"}),
    "in": _CODED,
    "not-in": _CODED,
    "below": _CODED,
    "above": _CODED,
}
"""FHIR types of which a token has one, where the modifier is to mean anything."""

Read = TypeVar("Read")


def read_criterion(parameter: Parameter, asked: tuple[str, str], terms: Terms) -> Criterion:
    """One criterion of a search.

    Args:
        parameter: what is compared.
        asked: modifier, which is what follows the colon in the name, or empty; and the value as written, several
            parted by commas.
        terms: how values are read.

    Raises:
        UnsupportedError: a modifier that is not spoken here, a value set that is not known.
        InvalidError: a value that the parameter cannot have.

    Source: https://hl7.org/fhir/R4/search.html#ptypes
    """
    modifier, value = asked
    _check_modifier(parameter, modifier)
    if modifier == "missing":
        return _missing(parameter, value)
    values = split(value, ",")
    if len(values) > MAX_VALUES or not all(values):
        raise InvalidError(f"A parameter has 1 to {MAX_VALUES} values, none of them empty.", (parameter.name,))
    return _BY_KIND[parameter.kind](Wanted(parameter, modifier, terms), values)


def _check_modifier(parameter: Parameter, modifier: str) -> None:
    if not modifier:
        return
    is_type = parameter.kind == "reference" and modifier in RESOURCES
    fitting = modifier in _MODIFIERS[parameter.kind] or is_type
    if parameter.kind == "token" and modifier in _NEEDED:
        fitting = bool(_NEEDED[modifier] & {route.kind for route in parameter.routes})
    if not fitting:
        raise UnsupportedError("This modifier is not spoken here.", (shown(f"{parameter.name}:{modifier}"),))


def _missing(parameter: Parameter, value: str) -> Criterion:
    if value not in {"true", "false"}:
        raise InvalidError("The modifier :missing takes true or false.", (parameter.name,))
    return MissingCriterion(parameter.name, value == "true")


def _composite(wanted: Wanted, values: list[str]) -> Criterion:
    parts = wanted.parameter.components
    found = []
    for value in values:
        written = split(value, "$")
        if len(written) != len(parts) or not all(written):
            raise wanted.refusal(f"A value of it has {len(parts)} parts, parted by $.")
        paired = zip(parts, written, strict=True)
        found.append(tuple(_BY_KIND[part.kind](Wanted(part, "", wanted.terms), [text]) for part, text in paired))
    return CompositeCriterion(wanted.name, tuple(found))


# ---------------------------------------------------------------- texts and addresses


def _string(wanted: Wanted, values: list[str]) -> Criterion:
    if wanted.modifier == "exact":
        return StringCriterion(wanted.name, tuple(unescaped(each) for each in values), "exact")
    return StringCriterion(wanted.name, tuple(folded(wanted, each) for each in values), wanted.modifier or "prefix")


def _uri(wanted: Wanted, values: list[str]) -> Criterion:
    return UriCriterion(wanted.name, tuple(unescaped(each) for each in values), wanted.modifier or "exact")


# ---------------------------------------------------------------- what has an order


def _date(wanted: Wanted, values: list[str]) -> Criterion:
    return DateCriterion(wanted.name, tuple(_moment(wanted, each) for each in values))


def _moment(wanted: Wanted, value: str) -> tuple[Prefix, datetime, datetime]:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else (Prefix.EQ, value)
    try:
        compared, span = Prefix(prefix), interval(text.replace(" ", "+"), wanted.terms.zone)
    except ValueError:
        raise wanted.refusal("A date is compared by eq, ne, gt, lt, ge, le, sa, eb or ap.") from None
    except InvalidError as error:
        raise wanted.refusal(error.message) from None
    if compared is Prefix.AP:
        span = approximate(span, wanted.terms.now or datetime.now(UTC))
    return compared, *span


def _number(wanted: Wanted, values: list[str]) -> Criterion:
    return NumberCriterion(wanted.name, tuple(_located(wanted, number, each) for each in values))


def _quantity(wanted: Wanted, values: list[str]) -> Criterion:
    return QuantityCriterion(wanted.name, tuple(_located(wanted, amount, each) for each in values))


def _located(wanted: Wanted, read: Callable[[str], Read], value: str) -> Read:
    try:
        return read(value)
    except InvalidError as error:
        raise wanted.refusal(error.message) from None


_BY_KIND: dict[str, Callable[[Wanted, list[str]], Criterion]] = {
    "token": token,
    "string": _string,
    "uri": _uri,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "reference": reference,
    "composite": _composite,
}
