"""Places in a resource: which object and key a FHIRPath result stands at, and a primitive with its extensions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from corridor.domain.errors import UnprocessableError
from corridor.fhir.elements import Member, is_complex, members

Resource = dict[str, Any]
Pair = tuple[Any, Any]
"""A value, and what JSON keeps beside a primitive under `_name`; None where there is none."""

_STEP = re.compile(r"([A-Za-z0-9]+)(?:\[([0-9]+)\])?")


@dataclass(frozen=True, slots=True)
class Place:
    """One element of a resource.

    Attributes:
        owner: the object that it is in.
        kind: FHIR type of that object.
        key: its JSON name there.
        index: which one of a list, 0 for the only one.
    """

    owner: Resource
    kind: str
    key: str
    index: int

    @property
    def member(self) -> Member:
        """Its definition."""
        return members(self.kind)[self.key]


def place_of(resource: Resource, path: str) -> Place:
    """The place of a full path with indexes, such as `Patient.name[0].given[1]`; a choice goes by its stem.

    Raises:
        UnprocessableError: it leads nowhere in this resource.
    """
    first, *steps = path.split(".")
    owner: Any = resource
    place = Place({"": resource}, "", "", 0)
    for step in steps:
        found = _STEP.fullmatch(step)
        if found is None or not isinstance(owner, dict):
            raise nowhere()
        kind = owner.get("resourceType") or _kind_below(place)
        place = Place(owner, kind, _key(owner, kind, found[1]), int(found[2] or 0))
        owner = _inside(place)
    if first != resource["resourceType"] or not steps:
        raise nowhere()
    return place


def _kind_below(place: Place) -> str:
    """FHIR type of what stands at a place; beside a primitive value stands an Element with its id and extensions."""
    kind = members(place.kind)[place.key].kind
    return kind if is_complex(kind) else "Element"


def _inside(place: Place) -> Any:
    """What can have elements at a place: the value, or what stands beside a primitive one."""
    whole = is_complex(place.member.kind) or place.member.kind == "Resource"
    value = place.owner.get(place.key if whole else "_" + place.key)
    if not isinstance(value, list):
        return value
    return value[place.index] if place.index < len(value) else None


def close_up(resource: Resource, path: str) -> None:
    """Take away what a deletion below a place has left without anything in it, and what that leaves so in turn.

    Args:
        resource: changed in place.
        path: full path with indexes of what was above the element that is gone.
    """
    while "." in path:
        place = place_of(resource, path)
        pairs = pairs_at(place.owner, place.key)
        value, extra = (None if each == {} else each for each in pairs[place.index])
        if (value, extra) == pairs[place.index]:
            return
        pairs[place.index : place.index + 1] = [] if value is None and extra is None else [(value, extra)]
        put_pairs(place.owner, place.key, pairs, many=place.member.many)
        path = path.rpartition(".")[0]


def nowhere() -> UnprocessableError:
    """That a path names no element that can be changed."""
    return UnprocessableError("The path names no element that can be changed.")


def _key(owner: Resource, kind: str, name: str) -> str:
    known = members(kind)
    present = {each.removeprefix("_") for each in owner}
    if name in known:
        return name
    chosen = [each for each in present if each in known and each.startswith(name)]
    if len(chosen) != 1:
        raise nowhere()
    return chosen[0]


def key_for(kind: str, name: str, value_type: str) -> str:
    """The JSON name of an element of a type that gets a value of `value_type`, such as `valueQuantity` for `value`.

    Raises:
        UnprocessableError: R4 knows no such element.
    """
    known = members(kind)
    for key in (name, name + value_type):
        if key in known:
            return key
    raise UnprocessableError("R4 knows no element of this name there.")


def holder_at(place: Place) -> tuple[Resource, str]:
    """What a new element is added to at a place, with its FHIR type; beside a primitive value it is made."""
    pairs = pairs_at(place.owner, place.key)
    value, extra = pairs[place.index]
    if isinstance(value, dict):
        return value, str(value["resourceType"]) if place.member.kind == "Resource" else place.member.kind
    beside: Resource = extra or {}
    pairs[place.index] = value, beside
    put_pairs(place.owner, place.key, pairs, many=place.member.many)
    return beside, "Element"


def pairs_at(owner: Resource, key: str) -> list[Pair]:
    """Every value of an element with what stands beside it."""
    values, extras = ([each] if not isinstance(each, list) else each for each in (owner.get(key), owner.get("_" + key)))
    length = max(len(values), len(extras))
    padded = [list(each) + [None] * (length - len(each)) for each in (values, extras)]
    return [pair for pair in zip(*padded, strict=True) if pair != (None, None)]


def put_pairs(owner: Resource, key: str, pairs: list[Pair], *, many: bool) -> None:
    """Write an element again, where it stood; without pairs it is gone."""
    for name, side in ((key, [value for value, _ in pairs]), ("_" + key, [extra for _, extra in pairs])):
        if any(each is not None for each in side):
            owner[name] = side if many else side[0]
        else:
            owner.pop(name, None)
