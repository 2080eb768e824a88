"""The place where a page of a history ended, as opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.versions import VersionQuery

_LARGEST = 2**63 - 1


class Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The last version that was sent; a version never changes its place."""

    updated_at: int
    resource_type: str
    id: str
    version: int


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    order: str
    place: Place


def write_place(wanted: VersionQuery, place: Place) -> str:
    """The place after a version."""
    return urlsafe_b64encode(msgspec.json.encode(_Wire(_order(wanted), place))).decode().rstrip("=")


def read_place(wanted: VersionQuery) -> Place | None:
    """The place that a history is continued from, or None at its beginning.

    Raises:
        InvalidError: altered, or of another history or order.
    """
    if not wanted.after:
        return None
    try:
        wire = msgspec.json.decode(urlsafe_b64decode(wanted.after + "=" * (-len(wanted.after) % 4)), type=_Wire)
    except (ValueError, msgspec.DecodeError):
        raise InvalidError("The cursor is not one of ours.", ("_cursor",)) from None
    place = wire.place
    numbers = max(abs(place.updated_at), abs(place.version)) <= _LARGEST
    if wire.order != _order(wanted) or not numbers or "\x00" in place.resource_type + place.id:
        raise InvalidError("The cursor is not one of ours.", ("_cursor",))
    return place


def _order(wanted: VersionQuery) -> str:
    return f"{'-' if wanted.descending else ''}{wanted.resource_type}/{wanted.id}"
