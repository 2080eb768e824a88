"""Reading versions, in memory."""

from __future__ import annotations

from msgspec.structs import replace

from corridor.domain.errors import InvalidError
from corridor.domain.record import Record
from corridor.domain.versions import VersionQuery
from corridor.flows.ports.records import Page
from tests.fakes.state import Shelf


class FakeHistories:
    """Port `Histories`: every version is looked at; the place of a page is the name of its last version."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def page(self, wanted: VersionQuery) -> Page:
        """See the port."""
        lines = [_told([each.record for each in versions]) for versions in self._shelf.state.versions.values()]
        found = [
            version
            for line in lines
            for at, version in enumerate(line)
            if _is_wanted(wanted, version, line[at + 1] if at + 1 < len(line) else None)
        ]
        found.sort(key=lambda each: _order(wanted, each), reverse=wanted.descending)
        names = [_name(each) for each in found]
        if wanted.after and wanted.after not in names:
            raise InvalidError("The cursor is not one of ours.", ("_cursor",))
        start = names.index(wanted.after) + 1 if wanted.after else 0
        page = found[start : start + wanted.count]
        after = _name(page[-1]) if page and start + wanted.count < len(found) else ""
        return Page(tuple(page), len(found) if wanted.counted or not wanted.count else None, after)


def _told(line: list[Record]) -> list[Record]:
    """The versions of one resource, each with whether there was none living before it."""
    before = [None, *line[:-1]]
    return [replace(each, created=old is None or old.body is None) for each, old in zip(line, before, strict=True)]


def _is_wanted(wanted: VersionQuery, version: Record, following: Record | None) -> bool:
    if wanted.resource_type not in {"", version.resource_type} or wanted.id not in {"", version.id}:
        return False
    if wanted.since and version.updated_at < wanted.since:
        return False
    if wanted.at is None:
        return True
    start, end = wanted.at
    replaced = following is not None and following.updated_at <= start and version.updated_at < start
    return version.updated_at < end and not replaced


def _order(wanted: VersionQuery, version: Record) -> tuple[object, ...]:
    if wanted.id:
        return (version.version,)
    return version.updated_at, version.resource_type, version.id, version.version


def _name(version: Record) -> str:
    return f"{version.resource_type}.{version.id}.{version.version}"
