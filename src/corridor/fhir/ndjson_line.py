"""One line of an ndjson file to a draft under the client's own id."""

from __future__ import annotations

from datetime import tzinfo

from corridor.domain.errors import InvalidError
from corridor.domain.record import Draft
from corridor.fhir.draft import draft
from corridor.fhir.parse import parse


def read_line(raw: bytes, *, source: str, zone: tzinfo) -> Draft:
    """The draft of a line.

    Args:
        raw: one JSON object.
        source: `meta.source` of what crosses a border.
        zone: read for dates that name none.

    Raises:
        MalformedError: not JSON.
        InvalidError: not valid R4, or without an id: what has none would come anew with every import.
        UnsupportedError: the type is not held here.
    """
    content = raw.strip()
    resource = parse(content)
    resource_type, logical_id = resource["resourceType"], resource.get("id")
    if not isinstance(logical_id, str):
        raise InvalidError("A line has an id of its own: under it the resource is kept.", (f"{resource_type}.id",))
    return draft(content, resource_type=resource_type, id=logical_id, source=source, zone=zone, same_id=True)
