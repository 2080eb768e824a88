"""One parameter of a search, read to the criterion that storage compares."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import (
    Criterion,
    DateCriterion,
    MissingCriterion,
    Prefix,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
)
from corridor.fhir.parameters import Parameter
from corridor.fhir.schema import RESOURCES
from corridor.fhir.search_values import fold, interval, local_reference

MAX_VALUES = 200

_MODIFIERS = {
    "token": frozenset({"", "not", "missing"}),
    "string": frozenset({"", "exact", "contains", "missing"}),
    "date": frozenset({"", "missing"}),
    "reference": frozenset({"", "missing"}),
    "uri": frozenset({"", "missing"}),
}
_SPLIT = re.compile(r"(?<!\\),")
_BAR = re.compile(r"(?<!\\)\|")
_UNESCAPE = re.compile(r"\\([\\,|$])")
_ADDRESS = re.compile(r"[A-Za-z0-9\-.]{1,64}|[a-z]+:\S{1,500}")


def read_criterion(parameter: Parameter, modifier: str, value: str, *, zone: tzinfo) -> Criterion:
    """One criterion of a search.

    Args:
        parameter: what is compared.
        modifier: what follows the colon in its name, or empty.
        value: as written, several values parted by commas.
        zone: read for dates that name none.

    Raises:
        UnsupportedError: a modifier or prefix that is not spoken here.
        InvalidError: a value that the parameter cannot have.

    Source: https://hl7.org/fhir/R4/search.html#ptypes
    """
    is_type = parameter.kind == "reference" and modifier in RESOURCES
    if modifier not in _MODIFIERS[parameter.kind] and not is_type:
        raise UnsupportedError("This modifier is not spoken here.", (shown(f"{parameter.name}:{modifier}"),))
    if modifier == "missing":
        return _missing(parameter, value)
    values = _SPLIT.split(value)
    if len(values) > MAX_VALUES or not all(values):
        raise InvalidError(f"A parameter has 1 to {MAX_VALUES} values, none of them empty.", (parameter.name,))
    if parameter.kind == "date":
        return DateCriterion(parameter.name, tuple(_date(parameter, each, zone) for each in values))
    if parameter.kind == "reference":
        return ReferenceCriterion(parameter.name, tuple(_reference(parameter, each, modifier) for each in values))
    return _texts(parameter, values, modifier)


def _texts(parameter: Parameter, values: list[str], modifier: str) -> Criterion:
    if parameter.kind == "string":
        return StringCriterion(parameter.name, tuple(_folded(parameter, each) for each in values), modifier or "prefix")
    return _token(parameter, values, negated=modifier == "not")


def _missing(parameter: Parameter, value: str) -> Criterion:
    if value not in {"true", "false"}:
        raise InvalidError("The modifier :missing takes true or false.", (parameter.name,))
    return MissingCriterion(parameter.name, value == "true")


def _token(parameter: Parameter, values: list[str], *, negated: bool) -> Criterion:
    pairs = [_token_pair(each) if parameter.kind == "token" else (None, _unescaped(each)) for each in values]
    if any(not system and not code for system, code in pairs):
        raise InvalidError("A token is written code, system|code, |code or system|.", (parameter.name,))
    return TokenCriterion(parameter.name, tuple(pairs), negated)


def _token_pair(value: str) -> tuple[str | None, str]:
    system, *code = (_unescaped(each) for each in _BAR.split(value, maxsplit=1))
    return (system, code[0]) if code else (None, system)


def _folded(parameter: Parameter, value: str) -> str:
    folded = fold(_unescaped(value))
    if not folded:
        raise InvalidError("A text to search for has a letter or digit.", (parameter.name,))
    return folded


def _date(parameter: Parameter, value: str, zone: tzinfo) -> tuple[Prefix, datetime, datetime]:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else (Prefix.EQ, value)
    if prefix == "ap":
        raise UnsupportedError("Approximate dates are not spoken here.", (parameter.name,))
    try:
        return Prefix(prefix), *interval(text.replace(" ", "+"), zone)
    except ValueError:
        raise InvalidError("A date is compared by eq, ne, gt, lt, ge, le, sa or eb.", (parameter.name,)) from None
    except InvalidError as error:
        raise InvalidError(error.message, (parameter.name,)) from None


def _reference(parameter: Parameter, value: str, modifier: str) -> tuple[str, str]:
    text = _unescaped(value)
    only = modifier or ("Patient" if parameter.name == "patient" else "")
    found = local_reference(f"{only}/{text}" if only and "/" not in text else text)
    if found and only in {"", found[0]}:
        return found
    if not _ADDRESS.fullmatch(text) or (found and only):
        raise InvalidError("A reference is written id, Type/id or as an address.", (parameter.name,))
    return "", text


def _unescaped(value: str) -> str:
    return _UNESCAPE.sub(r"\1", value)


def shown(name: str) -> str:
    """The name as far as it is safe to repeat."""
    return re.sub(r"[^A-Za-z0-9_:.\-]", "?", name[:64])
