"""One writer per rule of the exchange table: each gives JSON text, nothing, or that something stayed home."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from json.encoder import encode_basestring
from typing import Any

import msgspec
import orjson

from corridor.domain.care.resistance.gate import only_mutations
from corridor.domain.care.words import permits, permits_unit
from corridor.fhir.concepts import remembered
from corridor.fhir.projection_rules import Paths, binding, datatype_paths, published, resource_paths

WITHHELD_URL = "https://corridor.example/fhir/StructureDefinition/text-withheld"
MARKER = f'{{"extension":[{{"url":"{WITHHELD_URL}","valueBoolean":true}}]}}'
"""Stands beside an element (`_text`) whose value stayed home."""

_WITHHELD = "withheld"
_UCUM = "http://unitsofmeasure.org"
_LONGEST_NUMBER = 30
_DATE = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?")
_LOCAL = re.compile(r"([A-Z][A-Za-z]{2,40})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class Number(str):
    """A JSON number with a point or an exponent, kept as it was written: 72.50 stays 72.50."""

    __slots__ = ()


class Crossing(msgspec.Struct, frozen=True):
    """What writers need to know of the resource they are in.

    Attributes:
        patient_id: whose record it is in, or None.
        measured: its texts are results, where one bare number is a value.
        genotype: its texts are lists of mutations of HIV.
    """

    patient_id: str | None
    measured: bool
    genotype: bool = False


_PLAIN = Crossing(None, measured=False)

Writer = Callable[[Any, Crossing], str]
"""JSON text of a value; empty where nothing may cross."""


def slot(resource_type: str, id: str) -> str:
    """A hole in a template that the pseudonym of exactly this resource fills."""
    return f"\0{resource_type}/{id}\0"


@cache
def resource_fields(resource_type: str) -> Mapping[str, Writer]:
    """Writers by element of a resource type."""
    return _fields(resource_paths()[resource_type])


def write_members(value: Mapping[str, Any], fields: Mapping[str, Writer], crossing: Crossing) -> str:
    """The members of an object that may cross, joined by commas; whatever has no writer is left behind."""
    parts = []
    for key, item in value.items():
        write = fields.get(key)
        if write is None:
            continue
        text = _list(write, item, crossing) if type(item) is list else write(item, crossing)
        if text == _WITHHELD:
            parts.append(f'"_{key}":{MARKER}')
        elif text:
            parts.append(f'"{key}":{text}')
    return ",".join(parts)


def _list(write: Writer, items: list[Any], crossing: Crossing) -> str:
    if len(items) == 1 and type(items[0]) is not list:  # as most are
        text = write(items[0], crossing)
        return f"[{text}]" if text and text != _WITHHELD else ""
    texts = [write(item, crossing) for item in items if type(item) is not list]
    kept = [text for text in texts if text and text != _WITHHELD]
    return f"[{','.join(kept)}]" if kept else ""


def _fields(paths: Paths) -> Mapping[str, Writer]:
    fields: dict[str, Writer] = {}
    nested: dict[str, dict[str, str]] = {}
    for path, rule in paths.items():
        key, _, rest = path.partition(".")
        if rest:
            nested.setdefault(key, {})[rest] = rule
        elif rule != "drop":
            fields[key] = _writer(rule)
    return fields | {key: _object(_fields(inner)) for key, inner in nested.items()}


@cache
def _writer(rule: str) -> Writer:
    if rule in _LEAVES:
        return _LEAVES[rule]
    if rule.startswith("enum:"):
        return _enumerated(binding(rule.removeprefix("enum:")))
    if rule == "CodeableConcept":
        return _concept(_object(_fields(datatype_paths()[rule])))
    return _object(_fields(datatype_paths()[rule]))


def _object(fields: Mapping[str, Writer]) -> Writer:
    def write(item: Any, crossing: Crossing) -> str:
        if type(item) is not dict:
            return ""
        members = write_members(item, fields, crossing)
        return f"{{{members}}}" if members else ""

    return write


def _concept(write: Writer) -> Writer:
    recall = remembered(lambda item: write(item, _PLAIN))

    def write_concept(item: Any, crossing: Crossing) -> str:
        """Of a genotype other texts may cross."""
        return write(item, crossing) if crossing.genotype or type(item) is not dict else recall(item)

    return write_concept


def _enumerated(codes: frozenset[str]) -> Writer:
    def write(item: Any, _: Crossing) -> str:
        return f'"{item}"' if type(item) is str and item in codes else ""

    return write


def _boolean(item: Any, _: Crossing) -> str:
    return ("true" if item else "false") if type(item) is bool else ""


def _number(item: Any, _: Crossing) -> str:
    if type(item) is float:  # it was written as it is written again, or the text would have been kept
        text = orjson.dumps(item).decode()
    else:
        text = str(item) if type(item) in {Number, int, Decimal} else ""
    return text if text and len(text) <= _LONGEST_NUMBER and text[-1].isdigit() else ""


def _date(item: Any, _: Crossing) -> str:
    return f'"{item}"' if type(item) is str and _DATE.fullmatch(item) else ""


def _year(item: Any, _: Crossing) -> str:
    return f'"{item[:4]}"' if type(item) is str and _DATE.fullmatch(item) else ""


def _time(item: Any, _: Crossing) -> str:
    return f'"{item}"' if type(item) is str and _TIME.fullmatch(item) else ""


def _text(item: Any, crossing: Crossing) -> str:
    if type(item) is not str or not item:
        return ""
    permitted = permits(item) or (crossing.genotype and only_mutations(item))
    return encode_basestring(item) if permitted else _WITHHELD


def _result(item: Any, crossing: Crossing) -> str:
    if type(item) is not str or not item:
        return ""
    permitted = permits(item, measured=crossing.measured) or (crossing.genotype and only_mutations(item))
    return encode_basestring(item) if permitted else _WITHHELD


def _unit(item: Any, _: Crossing) -> str:
    if type(item) is not str or not item:
        return ""
    return encode_basestring(item) if permits_unit(item) else _WITHHELD


def _unit_system(item: Any, _: Crossing) -> str:
    return f'"{_UCUM}"' if item == _UCUM else ""


def _coding(item: Any, crossing: Crossing) -> str:
    """A public code with its system, a clinical word of another system without it, or the marker alone."""
    if type(item) is not dict:
        return ""
    system, code, display = item.get("system", ""), item.get("code", ""), item.get("display", "")
    if not (type(system) is type(code) is type(display) is str):
        system, code, display = (each if type(each) is str else "" for each in (system, code, display))
    return _written(system, code, display, genotype=crossing.genotype)


@lru_cache(maxsize=4096)
def _written(system: str, code: str, display: str, *, genotype: bool) -> str:
    """As `_coding`: records repeat the same few codings over and over."""
    crossing = Crossing(None, measured=False, genotype=genotype)
    if code and published(system, code):
        parts = [f'"system":{encode_basestring(system)},"code":{encode_basestring(code)}']
    else:
        parts = _member("code", _text(code, crossing))
    parts += _member("display", _text(display, crossing))
    return f"{{{','.join(parts)}}}" if parts else ""


def _member(key: str, text: str) -> list[str]:
    if not text:
        return []
    return [f'"_{key}":{MARKER}' if text == _WITHHELD else f'"{key}":{text}']


def _reference(item: Any, _: Crossing) -> str:
    target = item.get("reference") if type(item) is dict else None
    found = _LOCAL.fullmatch(target) if type(target) is str else None
    if found is None or found[1] not in resource_paths():
        return ""
    return f'{{"reference":"{found[1]}/{slot(found[1], found[2])}"}}'


def _subject(_: Any, crossing: Crossing) -> str:
    """The patient, whatever was written: an address or a display never crosses in its place."""
    if crossing.patient_id is None:
        return ""
    return f'{{"reference":"Patient/{slot("Patient", crossing.patient_id)}"}}'


_LEAVES: Mapping[str, Writer] = {
    "boolean": _boolean,
    "number": _number,
    "date": _date,
    "year": _year,
    "time": _time,
    "text": _text,
    "result": _result,
    "unit": _unit,
    "unit-system": _unit_system,
    "coding": _coding,
    "reference": _reference,
    "subject": _subject,
}
