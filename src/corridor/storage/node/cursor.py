"""The place where a page of a search ended, as opaque text: values of the sort keys, and the key of the last entry."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.query import Query

Value = int | str
_LARGEST = 2**63 - 1


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    sort: str
    values: list[Value]


def write_cursor(query: Query, values: list[Value]) -> str:
    """The place after an entry with these values; the last of them is the entry's key."""
    return urlsafe_b64encode(msgspec.json.encode(_Wire(_sort(query), values))).decode().rstrip("=")


def read_cursor(query: Query, kinds: tuple[type, ...]) -> list[Value]:
    """The values of a place, checked against the sort order of the query.

    Args:
        query: the search that is continued.
        kinds: `int` or `str` for each sort key and for the entry's own key.

    Raises:
        InvalidError: altered, or of a search with another order.
    """
    try:
        wire = msgspec.json.decode(urlsafe_b64decode(query.after + "=" * (-len(query.after) % 4)), type=_Wire)
    except (ValueError, msgspec.DecodeError):
        raise InvalidError("The cursor is not one of ours.", ("_cursor",)) from None
    fitting = len(wire.values) == len(kinds) and all(map(_fits, wire.values, kinds))
    if wire.sort != _sort(query) or not fitting:
        raise InvalidError("The cursor is not one of ours.", ("_cursor",))
    return wire.values


def _sort(query: Query) -> str:
    keys = ",".join(("-" if each.descending else "") + each.parameter for each in query.sort)
    return f"{query.resource_type}:{keys}"


def _fits(value: Value, kind: type) -> bool:
    if type(value) is not kind:
        return False
    return -_LARGEST - 1 <= value <= _LARGEST if isinstance(value, int) else "\x00" not in value
