"""What the entries of a Bundle want to be looked up before they are written: conditions and conditional references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corridor.domain.errors import CorridorError, InvalidError, UnsupportedError
from corridor.fhir.entry_errors import within
from corridor.fhir.submission import READS, Entry

Asked = tuple[str, str]
"""Type and query text of a search."""

RESULT_PARAMETERS = frozenset(
    {"_count", "_sort", "_total", "_cursor", "_summary", "_elements", "_include", "_revinclude", "_contained"}
)
"""They say how a page looks; a condition has no page, so that they would be ignored in silence."""

_REFERENCE = re.compile(rb'"reference"\s*:\s*"([A-Z][A-Za-z]+\?(?:[^"\\]|\\.)*)"')
_SEARCH_ADDRESS = re.compile(r"(?:[^?=&]*/)?(?:([A-Za-z]+)(?:/_search)?)?\?(.*)", re.DOTALL)
_SLASH = re.compile(rb"\\/")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search to make.

    Attributes:
        asked: type and query text.
        index: the entry that wants it first.
        deletes: whether an entry deletes what it finds.
    """

    asked: Asked
    index: int
    deletes: bool


def prerequisites(entries: Iterable[Entry], *, bundled: bool = True) -> tuple[Wanted, ...]:
    """Every search that the entries want, each once, in order.

    Args:
        entries: of one Bundle, or one request.
        bundled: errors name the entry.

    Raises:
        UnsupportedError: a conditional reference that is written in a way that is not read here.

    Source: https://hl7.org/fhir/R4/http.html#trules
    """
    found: dict[Asked, Wanted] = {}
    for entry in entries:
        if entry.error or entry.method in READS:
            continue
        own = _own(entry, bundled=bundled)
        for asked in (*([own] if own else ()), *_linked(entry, bundled=bundled)):
            deletes = asked == own and entry.method == "DELETE"
            before = found.get(asked, Wanted(asked, entry.index, deletes=False))
            found[asked] = Wanted(asked, before.index, deletes=deletes or before.deletes)
    return tuple(found.values())


def _own(entry: Entry, *, bundled: bool) -> Asked | None:
    try:
        return condition(entry)
    except CorridorError as error:
        raise within(error, f"Bundle.entry[{entry.index}].request.ifNoneExist") if bundled else error from None


def condition(entry: Entry) -> Asked | None:
    """What the entry itself depends on, or None; a patch depends on what it changes.

    Raises:
        InvalidError: a create depends on another type than its own.
    """
    if entry.method in READS:
        return None
    if entry.method == "POST":
        return _looked_for(entry) if entry.if_none_exist else None
    if entry.query:
        return entry.resource_type, entry.query
    return (entry.resource_type, f"_id={entry.id}") if entry.method == "PATCH" else None


def _looked_for(entry: Entry) -> Asked:
    """`If-None-Exist` is a search alone; many write the type before it, or the whole address."""
    found = _SEARCH_ADDRESS.fullmatch(entry.if_none_exist.strip())
    if found is None:
        return entry.resource_type, entry.if_none_exist
    if found[1] not in {None, entry.resource_type}:
        raise InvalidError("A create depends on resources of its own type only.")
    return entry.resource_type, found[2]


def _linked(entry: Entry, *, bundled: bool) -> list[Asked]:
    try:
        return linked(entry)
    except CorridorError as error:
        raise within(error, f"Bundle.entry[{entry.index}].resource") if bundled else error from None


def linked(entry: Entry) -> list[Asked]:
    """The searches that stand in the place of references.

    Raises:
        UnsupportedError: one of them holds escaped characters.
    """
    if b"?" not in entry.raw or entry.method == "PATCH":
        return []
    return [_searched(found[1]) for found in _REFERENCE.finditer(entry.raw)]


def _searched(reference: bytes) -> Asked:
    text = _SLASH.sub(b"/", reference)
    if b"\\" in text:
        raise UnsupportedError("A conditional reference is written without escaped characters.")
    resource_type, _, query = text.decode(errors="replace").partition("?")
    return resource_type, query


def check_condition(names: Iterable[str]) -> None:
    """Let pass the parameters of a condition that only say what is sought.

    Raises:
        InvalidError: one of them says how a page of results looks.
    """
    for name in names:
        if name.partition(":")[0] in RESULT_PARAMETERS:
            raise InvalidError("A condition has no page of results.", (name.partition(":")[0],))
