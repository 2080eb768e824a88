"""A row of a table as the resources that a mapping makes of it; a row with a fault makes none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from corridor.domain.errors import CorridorError, InvalidError
from corridor.domain.record import Draft
from corridor.fhir.cell_error import CellError
from corridor.fhir.cells import value
from corridor.fhir.draft import draft
from corridor.fhir.mapping import STEP, Field, Mapping, Rule
from corridor.fhir.search_values import fold
from corridor.fhir.transaction import Origin

_KEPT = re.compile(r"[^a-z0-9]")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_INDEX = re.compile(r"\[[0-9]+\]")

Row = dict[str, str]
"""Texts by folded title."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where a row before said something of the same resource, and whether it said the same."""

    place: str
    same: bool


class Seen(Protocol):
    """What the rows before said."""

    def earlier(self, draft: Draft) -> Earlier | None:
        """What the first row said that spoke of the same resource; None where there is none."""

    def keep(self, drafts: Sequence[Draft], *, place: str) -> None:
        """Keep what a row says; what an earlier one said of the same resource stays."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not kept: the column, empty where it is none alone, and the reason in plain words."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read.

    Attributes:
        hide: a text to a keyed hash of it, in letters and digits: ids tell nothing of what they were made from.
        origin: where the resources come from.
        seen: what the rows before said; None where rows are not compared.
    """

    mapping: Mapping
    hide: Callable[[str], str]
    origin: Origin
    seen: Seen | None = None
    padded: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Look once for the columns whose numbers may have lost their first zeros."""
        object.__setattr__(self, "padded", frozenset(map(fold, self.mapping.padded())))


def drafts_of(row: Row, reading: Reading, *, place: str = "") -> tuple[list[Draft], list[Fault]]:
    """The drafts that a row makes, or its faults: of a row with a fault nothing is kept.

    Args:
        row: its texts.
        reading: how rows are read.
        place: what it is called to whoever looks for it, such as `Row 5`.
    """
    made: list[tuple[Rule, Draft]] = []
    faults: list[Fault] = []
    ids: dict[str, str] = {}
    for rule in reading.mapping.resource:
        try:
            if _is_wanted(rule, row, reading.mapping):
                ids[rule.name] = _id(rule.name, rule.key, row, reading=reading)
                made.append((rule, _draft(rule, row, ids, reading=reading)))
        except CellError as error:
            faults.append(Fault(error.column, error.message))
        except CorridorError as error:
            faults += _faults(error, rule)
    return ([], [*dict.fromkeys(faults)]) if faults else _compared(made, reading.seen, place)


def _compared(made: Sequence[tuple[Rule, Draft]], seen: Seen | None, place: str) -> tuple[list[Draft], list[Fault]]:
    """Nothing of a row that says otherwise than one before it, or all but what the first row is to say."""
    if seen is None:
        return [each for _, each in made], []
    paired = [(rule, each, seen.earlier(each)) for rule, each in made]
    faults = [
        Fault(rule.key[0], f"{earlier.place} says otherwise of the same resource, {rule.name}.")
        for rule, _, earlier in paired
        if earlier and not earlier.same and rule.repeated == "same"
    ]
    if faults:
        return [], faults
    seen.keep([each for _, each in made], place=place)
    # A row that was cut off is read again, and finds itself.
    return [each for _, each, earlier in paired if not earlier or (earlier.same and earlier.place == place)], []


def _cell(row: Row, mapping: Mapping, title: str) -> str:
    text = row.get(fold(title), "").strip()
    return "" if text in mapping.source.empty else text


def _is_wanted(rule: Rule, row: Row, mapping: Mapping) -> bool:
    if rule.when is None:
        return True
    text = fold(_cell(row, mapping, rule.when.column))
    return text in {fold(each) for each in rule.when.among} if rule.when.among else bool(text)


def _id(name: str, key: tuple[str, ...], row: Row, *, reading: Reading) -> str:
    """An id that the same key always gets: punctuation, case and accents do not count, nor zeros that may be lost."""
    parts = []
    for title in key:
        part = _KEPT.sub("", fold(_cell(row, reading.mapping, title)))
        if fold(title) in reading.padded:
            part = part.lstrip("0") or part
        if not part:
            raise CellError("The cell is empty, and the record cannot be told from others without it.", title)
        parts.append(part)
    return reading.hide("/".join(("import", reading.mapping.source.name, name, *parts)))


def _draft(rule: Rule, row: Row, ids: dict[str, str], *, reading: Reading) -> Draft:
    resource: dict[str, Any] = {"resourceType": rule.type, "id": ids[rule.name], **deepcopy(rule.constant)}
    for path, each in rule.fields.items():
        found = _value(each, row, ids, reading=reading)
        if found is not None:
            _put(resource, path, found)
    return draft(
        _ENCODER.encode(_pruned(resource)),
        resource_type=rule.type,
        id=ids[rule.name],
        source=reading.origin.source,
        zone=reading.origin.zone,
        same_id=True,
    )


def _value(field: Field, row: Row, ids: dict[str, str], *, reading: Reading) -> Any:
    if field.kind != "reference":
        return value(field, lambda title: _cell(row, reading.mapping, title), reading.mapping)
    rule = next((each for each in reading.mapping.resource if each.name == field.to), None)
    target = _id(field.to, field.key, row, reading=reading) if field.key else ids.get(field.to)
    if target is None:
        raise CellError("The row holds nothing that this could refer to.", "")
    return {"reference": f"{rule.type if rule else field.type}/{target}"}


def _put(resource: dict[str, Any], path: str, found: Any) -> None:
    """Put a value at a path such as `name[0].family`; lists are made as long as needed.

    Raises:
        InvalidError: the path leads through something that is no object.
    """
    node: Any = resource
    *steps, last = path.split(".")
    for step in steps:
        within, place = _place(node, step, path)
        if isinstance(within, dict):
            within.setdefault(place, {})
        node = within[place]
    within, place = _place(node, last, path)
    within[place] = found


def _place(node: Any, step: str, path: str) -> tuple[Any, str | int]:
    """The object or list that a step of a path leads into, and the name or index there."""
    match = STEP.fullmatch(step)
    if match is None or not isinstance(node, dict):
        raise InvalidError(f"The mapping is wrong: {path} leads nowhere.")
    if match[2] is None:
        return node, match[1]
    items = node.setdefault(match[1], [])
    if not isinstance(items, list):
        raise InvalidError(f"The mapping is wrong: {path} leads nowhere.")
    items += [{} for _ in range(int(match[2]) + 1 - len(items))]
    return items, int(match[2])


def _pruned(node: Any) -> Any:
    """Without objects and lists in which nothing is."""
    if isinstance(node, dict):
        members = {name: _pruned(each) for name, each in node.items()}
        return {name: each for name, each in members.items() if each not in ({}, [], None)}
    if isinstance(node, list):
        return [each for each in map(_pruned, node) if each not in ({}, [], None)]
    return node


def _faults(error: CorridorError, rule: Rule) -> Iterator[Fault]:
    """What validation found, by the column that the element was read from."""
    issues = error.issues if isinstance(error, InvalidError) else ()
    found = [(each.expression, each.message) for each in issues]
    found = found or [(next(iter(error.expression), ""), error.message)]
    for expression, message in found:
        path = _INDEX.sub("", expression.partition(".")[2])
        yield Fault(_column(path, rule), f"{message} ({expression or rule.type})")


def _column(path: str, rule: Rule) -> str:
    for known, each in rule.fields.items():
        plain = _INDEX.sub("", known)
        if each.columns and path and (path.startswith(plain) or plain.startswith(path)):
            return each.columns[0]
    return ""
