"""The place where a page of a search ended, as opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Annotated, TypeVar

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.query import Query

LONGEST = 1_000
"""Characters of a cursor; addresses with more are cut by some."""

NOT_COUNTED = -1
"""Stands for the total that nobody wanted to know."""

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*$", max_length=200)]
Value = int | str
Kind = TypeVar("Kind")


class Walk(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    """After an entry with these sort values.

    Attributes:
        sort: type and order of the search.
        total: matches that were counted at the first page, or `NOT_COUNTED`.
        at: the values; the last is the entry's key.
    """

    sort: str
    total: Number
    at: list[Number | Text]


class Rest(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """The entries that are still to come: the first key, then the differences from one to the next."""

    sort: str
    total: Number
    keys: list[Number]


class Kept(msgspec.Struct, frozen=True, array_like=True, tag="k"):
    """At a position of a list that is kept.

    Attributes:
        cut: True where the list is not the whole of what matched.
    """

    sort: str
    total: Number
    list: Text
    position: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    cut: bool


Cursor = Walk | Rest | Kept


def write_cursor(cursor: msgspec.Struct) -> str:
    """A place as text."""
    return urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode().rstrip("=")


def read_cursor(query: Query) -> Cursor | None:
    """The place that a query continues from, or None at the first page.

    Raises:
        InvalidError: altered, or of a search with another order.
    """
    if not query.after:
        return None
    cursor: Cursor = unpack_cursor(query.after, Cursor)  # type: ignore[arg-type]  # a union is a type to msgspec
    if cursor.sort != sort_name(query):
        raise not_ours()
    return cursor


def unpack_cursor(text: str, kind: type[Kind]) -> Kind:
    """A place of one kind.

    Raises:
        InvalidError: `write_cursor` has not written it.
    """
    try:
        return msgspec.msgpack.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
    except (ValueError, msgspec.DecodeError):
        raise not_ours() from None


def walked_to(cursor: Walk, kinds: tuple[type, ...]) -> list[Value]:
    """The values of a place.

    Raises:
        InvalidError: they are not of these types, in this order.
    """
    if [type(each) for each in cursor.at] != [*kinds]:
        raise not_ours()
    return [*cursor.at]


def not_ours() -> InvalidError:
    """The error for a place that cannot be continued from."""
    return InvalidError("The cursor is not one of ours.", ("_cursor",))


def sort_name(query: Query) -> str:
    """Type and order of a search as one text."""
    keys = ",".join(("-" if each.descending else "") + each.parameter for each in query.sort)
    return f"{query.resource_type}:{keys}"


def differences(keys: Iterable[int]) -> list[int]:
    """The first key, then the step to each further one: small numbers, which take few bytes."""
    return [after - before for before, after in pairwise((0, *keys))]


def from_differences(steps: Iterable[int]) -> list[int]:
    """The keys of which `differences` were taken.

    Raises:
        InvalidError: they are no keys.
    """
    keys = [*accumulate(steps)]
    if any(not 0 < each < 2**62 for each in keys):
        raise not_ours()
    return keys
