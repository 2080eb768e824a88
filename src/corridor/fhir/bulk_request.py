"""What is asked of `$export` and `$import`; whatever is not spoken here is refused, never passed over.

Source: FHIR Bulk Data Access 2.0, and `_until` of 3.0 (https://hl7.org/fhir/uv/bulkdata/export.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corridor.domain.bulk import ExportOrder, ImportInput
from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.fhir.parse import parse
from corridor.fhir.schema import HELD
from corridor.fhir.search_values import interval, local_reference
from corridor.fhir.search_wanted import Terms
from corridor.fhir.type_filter import read_elements, read_filters
from corridor.fhir.validate import validate

NDJSON = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})

_AT = ("Parameters.parameter",)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_KNOWN_ELSEWHERE = frozenset(
    {
        "allowPartialManifests",
        "includeAssociatedData",
        "organizeOutputBy",
        "storageDetail",
    }
)
_SPOKEN = frozenset({"_elements", "_outputFormat", "_since", "_type", "_typeFilter", "_until"})
_ONCE = frozenset({"_outputFormat", "_since", "_until"})
_UTC = Terms()

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """What `$import` was given: files, and the address of a folder or an empty text."""

    inputs: tuple[ImportInput, ...]
    source: str


def read_export(
    pairs: Sequence[Pair],
    *,
    group: str = "",
    compartments: bool = False,
    posted: bool = False,
    terms: Terms = _UTC,
) -> ExportOrder:
    """The order of an export.

    Args:
        pairs: names and values, from the address or from `parameter_pairs`.
        group: id of the Group that was asked.
        compartments: True for an export of patients or of a Group.
        posted: True where the order came in a body: patients are named nowhere else, because addresses are kept.
        terms: how the values of filters are read.

    Raises:
        InvalidError: a value cannot be read, or something stands twice.
        UnsupportedError: a parameter, type or format that is not spoken here.
    """
    patients = [value for name, value in pairs if name == "patient"]
    if patients and not (posted and compartments):
        raise InvalidError("Patients are named in the body of an export of patients or of a Group.", ("patient",))
    rest = [(name, value) for name, value in pairs if name != "patient"]
    _check_names(rest)
    given = dict(rest)
    if given.get("_outputFormat", "ndjson").partition(";")[0].strip().replace(" ", "+") not in NDJSON:
        raise UnsupportedError("An export is written as application/fhir+ndjson.", ("_outputFormat",))
    types = tuple(_types(_all(rest, "_type")))
    return ExportOrder(
        group=group,
        compartments=compartments,
        patients=tuple(dict.fromkeys(_patient(each) for each in patients)) or None,
        types=types,
        since=_instant(given, "_since"),
        until=_instant(given, "_until"),
        filters=read_filters(_all(rest, "_typeFilter"), types, terms),
        elements=read_elements(_all(rest, "_elements"), types),
    )


def _all(pairs: Iterable[Pair], wanted: str) -> list[str]:
    return [value for name, value in pairs if name == wanted]


def parameter_pairs(raw: bytes) -> list[Pair]:
    """Names and values of a Parameters body, as they would stand in an address.

    Raises:
        MalformedError: not JSON.
        InvalidError: not Parameters, or a parameter without a value that can stand there.
    """
    return [(each["name"], _plain(each)) for each in _parameters(raw)]


def read_import(raw: bytes) -> ImportAsked:
    """The files that `$import` is given in Parameters.

    Raises:
        MalformedError: not JSON.
        InvalidError: not Parameters, or an input without an address.
        UnsupportedError: a parameter, type or format that is not spoken here.

    Source: https://github.com/smart-on-fhir/bulk-import
    """
    inputs: list[ImportInput] = []
    source = ""
    for each in _parameters(raw):
        name = each["name"]
        if name == "input":
            inputs.append(_input(each))
        elif name == "inputSource":
            source = _plain(each)
        elif name != "inputFormat":
            raise UnsupportedError("This parameter is not spoken here.", _AT)
        elif _plain(each) not in NDJSON:
            raise UnsupportedError("What is imported is application/fhir+ndjson.", _AT)
    return ImportAsked(tuple(inputs), source)


def _parameters(raw: bytes) -> list[dict[str, Any]]:
    resource = parse(raw)
    if resource["resourceType"] != "Parameters":
        raise InvalidError("The body of an operation is a Parameters resource.", ("resourceType",))
    validate(resource)
    listed: list[dict[str, Any]] = resource.get("parameter", [])
    return listed


def _plain(parameter: dict[str, Any]) -> str:
    values = [value for name, value in parameter.items() if name.startswith("value")]
    value = values[0].get("reference") if values and isinstance(values[0], dict) else (values or [None])[0]
    if not isinstance(value, str):
        raise InvalidError("The parameter has no value that can be read here.", _AT)
    return value


def _input(parameter: dict[str, Any]) -> ImportInput:
    parts = {each["name"]: _plain(each) for each in parameter.get("part", ())}
    if "url" not in parts or parts.keys() - {"type", "url"}:
        raise InvalidError("An input has a url and, where it holds one type alone, a type.", _AT)
    return ImportInput(next(_types([parts.get("type", "")]), ""), parts["url"], "")


def _check_names(pairs: Iterable[Pair]) -> None:
    seen = set()
    for name, _ in pairs:
        if name not in _SPOKEN:
            shown = name if name in _KNOWN_ELSEWHERE else "This parameter"
            raise UnsupportedError(f"{shown} is not spoken here.", (shown,) if shown == name else ())
        if name in _ONCE and name in seen:
            raise InvalidError("This parameter stands once.", (name,))
        seen.add(name)


def _types(values: Iterable[str]) -> Iterator[str]:
    for each in dict.fromkeys(part.strip() for value in values for part in value.split(",")):
        if each and each not in HELD:
            raise UnsupportedError("Resources of this type are not held here.", ("_type",))
        if each:
            yield each


def _instant(given: dict[str, str], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    if not _INSTANT.fullmatch(value):
        raise InvalidError("An instant is written YYYY-MM-DDThh:mm:ss with a zone; + is %2B in an address.", (name,))
    return interval(value)[0]


def _patient(value: str) -> str:
    found = local_reference(value)
    if found is None or found[0] != "Patient":
        raise InvalidError("A patient is named as Patient/id.", _AT)
    return found[1]
