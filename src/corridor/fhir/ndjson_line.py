"""One line of an ndjson file to a draft under the client's own id."""

from __future__ import annotations

from datetime import tzinfo

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.record import Draft
from corridor.fhir.draft import draft
from corridor.fhir.parse import parse
from corridor.fhir.relink import at_home


class _Head(msgspec.Struct):
    resourceType: str  # noqa: N815  # FHIR's word
    id: str


_HEAD = msgspec.json.Decoder(_Head)


def read_line(raw: bytes, *, source: str, zone: tzinfo, base: str = "") -> Draft:
    """The draft of a line.

    Args:
        raw: one JSON object.
        source: `meta.source` of what crosses a border.
        zone: read for dates that name none.
        base: address of the base that it is written to; references that start with it are kept as type and id.

    Raises:
        MalformedError: not JSON.
        InvalidError: not valid R4, or without an id: what has none would come anew with every import.
        UnsupportedError: the type is not held here.
    """
    content = at_home(raw.strip(), base)
    try:
        head = _HEAD.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        name = parse(content)["resourceType"]
        raise InvalidError("A line has an id of its own: under it the resource is kept.", (f"{name}.id",)) from None
    return draft(content, resource_type=head.resourceType, id=head.id, source=source, zone=zone, same_id=True)
