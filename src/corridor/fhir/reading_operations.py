"""The inputs of operations that only read: `$everything`, `$lastn` and `$summary`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec.structs import replace

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import Query
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.lac_summary import BUNDLE as LACPASS
from corridor.fhir.operations import parameters_of
from corridor.fhir.prerequisites import RESULT_PARAMETERS
from corridor.fhir.schema import HELD
from corridor.fhir.search import read_search
from corridor.fhir.search_text import shown
from corridor.fhir.search_values import interval

Pair = tuple[str, str]

MOST_COUNT = 500
MOST_EACH = 100
_MOST_NAMED = 999_999_999
"""A larger page than the largest is asked for in good faith: what does not stand on it follows."""

_EVERYTHING = frozenset({"_type", "_since", "start", "end", "_count", "_cursor"})


def pairs_of(raw: bytes) -> list[Pair]:
    """The parts of a Parameters resource as the pairs that an address would carry.

    Raises:
        InvalidError: not Parameters, or a part that is not a plain value.
        MalformedError: not JSON.
    """
    return [(each["name"], _plain(each)) for each in parameters_of(raw)]


def _plain(part: dict[str, Any]) -> str:
    value = next((each for name, each in part.items() if name.startswith("value")), None)
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise InvalidError("This parameter is a plain value.", ("Parameters.parameter",))
    return str(value)


def everything_input(pairs: Sequence[Pair], *, zone: tzinfo = UTC) -> CompartmentQuery:
    """What `$everything` was given.

    Args:
        pairs: decoded, in order.
        zone: read for dates that name none.

    Raises:
        UnsupportedError: a parameter that the operation does not have, or a type that is not held here.
        InvalidError: a value that the parameter cannot have, or one that is said twice.

    Source: https://hl7.org/fhir/R4/patient-operation-everything.html
    """
    given = _once(pairs, _EVERYTHING)
    return CompartmentQuery(
        types=_types([value for name, value in pairs if name == "_type"]),
        since=_moment("_since", given.get("_since"), zone),
        start=_moment("start", given.get("start"), zone),
        end=_moment("end", given.get("end"), zone, at_end=True),
        after=given.get("_cursor", ""),
        count=min(_number("_count", given.get("_count", str(MOST_COUNT)), most=_MOST_NAMED), MOST_COUNT),
    )


def lastn_input(pairs: Sequence[Pair], *, zone: tzinfo = UTC, base: str = "") -> tuple[Query, int]:
    """The criteria over Observation that `$lastn` was given, and how many of each code are wanted.

    Args:
        pairs: decoded, in order.
        zone: read for dates that name none.
        base: address of this node's FHIR base; references that start with it are its own.

    Raises:
        UnsupportedError: a parameter that Observation does not have.
        InvalidError: a value that the parameter cannot have, no patient to look at, or a parameter that says how a
            page of results looks, which this answer is not.

    Source: https://hl7.org/fhir/R4/observation-operation-lastn.html
    """
    given = _once([pair for pair in pairs if pair[0] == "max"], {"max"})
    searched = [pair for pair in pairs if pair[0] != "max" and pair[0] not in ANSWER_FORM]
    paged = [name for name, _ in searched if name.partition(":")[0] in RESULT_PARAMETERS]
    if paged:
        raise InvalidError("The newest results come all at once and whole; this is left out.", (shown(paged[0]),))
    if not {name.partition(":")[0] for name, _ in searched} & {"patient", "subject"}:
        raise InvalidError("Name the patient or subject whose observations are wanted.", ("patient",))
    wanted = read_search("Observation", searched, strict=True, zone=zone, base=base)
    return replace(wanted.query, sort=(), after=""), _number("max", given.get("max", "1"), most=MOST_EACH)


def summary_input(pairs: Sequence[Pair]) -> str:
    """The identifier that `Patient/$summary` was given, as `system|value`; empty where it names none.

    Raises:
        UnsupportedError: a parameter that the operation does not have, or another profile than the IPS and LACPASS's.
        InvalidError: one that is said twice.

    Source: HL7 IPS 2.0.1, operation `summary`.
    """
    given = _once(pairs, {"identifier", "profile", "graph"})
    if "graph" in given:
        raise UnsupportedError("Summaries are not cut by a graph here.", ("graph",))
    wanted = given.get("profile", "").partition("|")[0]
    if wanted and wanted != LACPASS and not wanted.startswith("http://hl7.org/fhir/uv/ips/StructureDefinition/"):
        raise UnsupportedError("Summaries follow the International Patient Summary, or LACPASS's.", ("profile",))
    return given.get("identifier", "")


def _once(pairs: Iterable[Pair], known: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in ANSWER_FORM:
            continue
        if name not in known:
            raise UnsupportedError("The operation has no such parameter.", (shown(name),))
        if not value or (name in found and name != "_type"):
            raise InvalidError("The parameter has one value.", (name,))
        found[name] = value
    return found


def _types(values: Sequence[str]) -> tuple[str, ...]:
    types = tuple(dict.fromkeys(name for value in values for name in value.split(",")))
    if not set(types) <= {*HELD}:
        raise UnsupportedError("Resources of this type are not held here.", ("_type",))
    return types


def _moment(name: str, value: str | None, zone: tzinfo, *, at_end: bool = False) -> datetime | None:
    if value is None:
        return None
    try:
        return interval(value.replace(" ", "+"), zone)[1 if at_end else 0]
    except InvalidError as error:
        raise InvalidError(error.message, (name,)) from None


def _number(name: str, value: str, *, most: int) -> int:
    if not (value.isascii() and value.isdecimal() and 1 <= int(value[:9]) <= most):
        raise InvalidError(f"The parameter is a whole number from 1 to {most}.", (name,))
    return int(value)
