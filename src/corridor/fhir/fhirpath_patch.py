"""FHIRPath Patch: Parameters whose operations name elements by FHIRPath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from corridor.domain.errors import InvalidError, UnprocessableError
from corridor.fhir.elements import is_complex, members
from corridor.fhir.exact_json import Number
from corridor.fhir.parse import parse
from corridor.fhir.paths import Finder, read_path
from corridor.fhir.places import Place, close_up, holder_at, key_for, nowhere, pairs_at, place_of, put_pairs
from corridor.fhir.validate import validate

Resource = dict[str, Any]

MAX_OPERATIONS = 100

_NEEDED: dict[str, frozenset[str]] = {
    "add": frozenset({"type", "path", "name", "value"}),
    "insert": frozenset({"type", "path", "index", "value"}),
    "delete": frozenset({"type", "path"}),
    "replace": frozenset({"type", "path", "value"}),
    "move": frozenset({"type", "path", "source", "destination"}),
}


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation, read.

    Attributes:
        parts: its parts by name, as they stand in the Parameters.
        find: what its path finds.
        at: where it stands in the Parameters.
    """

    kind: str
    parts: dict[str, Resource]
    find: Finder
    at: str

    def whole(self, name: str) -> int:
        """A part that is a place in a list."""
        value = _plain(self.parts[name])
        if not isinstance(value, int) or isinstance(value, Number | bool) or value < 0:
            raise InvalidError("A place in a list is a whole number from 0.", (self.at,))
        return value

    def text(self, name: str) -> str:
        """A part that is a text."""
        return _text(self.parts[name], self.at)


def read_fhirpath_patch(raw: bytes, resource: Resource) -> Callable[[Resource], Resource]:
    """What a FHIRPath Patch does.

    Args:
        raw: the bytes of the Parameters.
        resource: the same, as `exact_json.read_exact` gives it.

    Raises:
        InvalidError: they are not such Parameters.

    Source: https://hl7.org/fhir/R4/fhirpatch.html
    """
    validate(parse(raw))
    listed = resource.get("parameter", [])
    if not 0 < len(listed) <= MAX_OPERATIONS:
        raise InvalidError(f"A FHIRPath Patch has 1 to {MAX_OPERATIONS} operations.", ("Parameters.parameter",))
    return partial(_applied, [_read(each, f"Parameters.parameter[{index}]") for index, each in enumerate(listed)])


def _read(parameter: Resource, at: str) -> _Operation:
    if parameter["name"] != "operation":
        raise InvalidError("Every parameter of a FHIRPath Patch is an operation.", (f"{at}.name",))
    parts = {part["name"]: part for part in parameter.get("part", ())}
    if len(parts) != len(parameter.get("part", ())):
        raise InvalidError("A part of an operation is given once.", (f"{at}.part",))
    kind = _text(parts.get("type", {}), at)
    if kind not in _NEEDED:
        raise InvalidError("An operation is add, insert, delete, replace or move.", (at,))
    if parts.keys() != _NEEDED[kind]:
        raise InvalidError(f"{kind} has the parts {', '.join(sorted(_NEEDED[kind]))}.", (f"{at}.part",))
    return _Operation(kind, parts, read_path(_text(parts["path"], at), at), at)


def _text(part: Resource, at: str) -> str:
    value = _plain(part)
    if not isinstance(value, str):
        raise InvalidError("The part has a text.", (at,))
    return value


def _plain(part: Resource) -> Any:
    return next((value for name, value in part.items() if name.startswith("value")), None)


def _applied(operations: list[_Operation], resource: Resource) -> Resource:
    for operation in operations:
        try:
            _ACTS[operation.kind](resource, operation)
        except UnprocessableError as error:
            raise UnprocessableError(error.message, (operation.at,)) from None
    return resource


def _one(resource: Resource, operation: _Operation) -> str:
    found = operation.find(resource)
    if len(found) != 1:
        raise UnprocessableError(f"The path gives {len(found)} elements; it has to give one.")
    return found[0]


def _add(resource: Resource, operation: _Operation) -> None:
    path = _one(resource, operation)
    owner, kind = resource, resource["resourceType"]
    if path != kind:
        owner, kind = holder_at(place_of(resource, path))
    part = operation.parts["value"]
    key = key_for(kind, operation.text("name"), _type_of(part))
    pairs, many = pairs_at(owner, key), members(kind)[key].many
    if pairs and not many:
        raise UnprocessableError("The element is there and does not repeat.")
    put_pairs(owner, key, [*pairs, _value(part, members(kind)[key].kind)], many=many)


def _insert(resource: Resource, operation: _Operation) -> None:
    place, pairs = _list(resource, operation)
    index = operation.whole("index")
    if index > len(pairs):
        raise UnprocessableError("The list is shorter than that.")
    pairs.insert(index, _value(operation.parts["value"], place.member.kind))
    put_pairs(place.owner, place.key, pairs, many=True)


def _delete(resource: Resource, operation: _Operation) -> None:
    if not operation.find(resource):
        return  # nothing is deleted where nothing is, and that is no error
    path = _one(resource, operation)
    place = place_of(resource, path)
    pairs = pairs_at(place.owner, place.key)
    del pairs[place.index]
    put_pairs(place.owner, place.key, pairs, many=place.member.many)
    close_up(resource, path.rpartition(".")[0])


def _replace(resource: Resource, operation: _Operation) -> None:
    place = place_of(resource, _one(resource, operation))
    part = operation.parts["value"]
    pairs, many = pairs_at(place.owner, place.key), place.member.many
    pairs[place.index] = _value(part, place.member.kind)
    chosen = _chosen(place, _type_of(part))
    if chosen != place.key:
        put_pairs(place.owner, place.key, [], many=many)
    put_pairs(place.owner, chosen, pairs, many=many)


def _move(resource: Resource, operation: _Operation) -> None:
    place, pairs = _list(resource, operation)
    source, destination = operation.whole("source"), operation.whole("destination")
    if max(source, destination) >= len(pairs):
        raise UnprocessableError("The list is shorter than that.")
    pairs.insert(destination, pairs.pop(source))
    put_pairs(place.owner, place.key, pairs, many=True)


_ACTS = {"add": _add, "insert": _insert, "delete": _delete, "replace": _replace, "move": _move}


def _list(resource: Resource, operation: _Operation) -> tuple[Place, list[Any]]:
    places = [place_of(resource, path) for path in operation.find(resource)]
    if not places or any(each.owner is not places[0].owner or each.key != places[0].key for each in places):
        raise UnprocessableError("The path has to give the elements of one list.")
    if not places[0].member.many:
        raise UnprocessableError("The element does not repeat.")
    return places[0], pairs_at(places[0].owner, places[0].key)


def _chosen(place: Place, value_type: str) -> str:
    """The name that the element has with a value of this type: of a choice, another one."""
    order = place.member.order
    same = [key for key, each in members(place.kind).items() if each.order == order]
    return next((key for key in same if len(same) > 1 and key.endswith(value_type)), place.key)


def _type_of(part: Resource) -> str:
    names = (name.removeprefix("_") for name in part)
    return next((name.removeprefix("value") for name in names if name.startswith("value")), "")


def _value(part: Resource, kind: str) -> tuple[Any, Any]:
    """A value with what stands beside a primitive; a part without a type of its own is built from its parts."""
    if "part" in part:
        return _built(part["part"], kind), None
    if "resource" in part:
        return part["resource"], None
    found = {name: value for name, value in part.items() if name.startswith(("value", "_value"))}
    value = next((each for name, each in found.items() if not name.startswith("_")), None)
    extra = next((each for name, each in found.items() if name.startswith("_")), None)
    if value is None and extra is None:
        raise nowhere()
    return value, extra


def _built(parts: list[Resource], kind: str) -> Resource:
    if not is_complex(kind):
        raise UnprocessableError("A value of this type is not built from parts.")
    owner: Resource = {}
    for part in parts:
        key = key_for(kind, part["name"], _type_of(part))
        member = members(kind)[key]
        put_pairs(owner, key, [*pairs_at(owner, key), _value(part, member.kind)], many=member.many)
    return owner
