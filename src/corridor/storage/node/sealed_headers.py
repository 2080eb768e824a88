"""Headers of subscriptions: what a node shows to an endpoint, such as a token of it, is shown to nobody else.

The value of a header is sealed within the resource itself, to its subscription, endpoint and name: whoever reads the
resource reads what only this node opens, and may send it back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from msgspec.structs import replace

from corridor.domain.errors import CorridorError, InvalidError
from corridor.domain.record import Draft
from corridor.fhir.draft import split
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.stamp import stamp
from corridor.storage.seals import Seals

_MARK = "sealed."
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_HEADER = re.compile(r"([^:]+):[ \t]*(.*)", re.DOTALL)
_FOREIGN = "A sealed header belongs to another subscription, endpoint or name: write its value anew."


def close_headers(draft: Draft, seals: Seals) -> Draft:
    """A Subscription whose headers nobody reads; every other draft as it is.

    Raises:
        InvalidError: a header that was sealed stands where it was not sealed for.
    """
    if draft.resource_type != "Subscription" or not seals.closed or b'"header"' not in draft.tail:
        return draft
    tree = read_exact(stamp(draft.head, draft.tail, version=0, at=_NO_TIME))
    channel = tree["channel"]
    if "header" not in channel:
        return draft
    channel["header"] = [_closed(each, (draft.id, str(channel["endpoint"])), seals) for each in channel["header"]]
    head, tail = split(write_exact(tree), draft.id)
    return replace(draft, head=head, tail=tail)


def open_headers(headers: tuple[str, ...], place: tuple[str, str], seals: Seals) -> tuple[str, ...]:
    """What is shown to the endpoint; a header that cannot be opened is left out.

    Args:
        headers: as they are stored, `Name: value`.
        place: id of the subscription, and its endpoint.
        seals: of the database.
    """
    return tuple(_opened_all(headers, place, seals))


def _opened_all(headers: tuple[str, ...], place: tuple[str, str], seals: Seals) -> Iterator[str]:
    for header in headers:
        name, value = _parts(header)
        if value.startswith(_MARK):
            found = _opened(value, (*place, name.lower()), seals)
            if found is not None:
                yield f"{name}: {found}"
        else:
            yield header


def _closed(header: str, place: tuple[str, str], seals: Seals) -> str:
    name, value = _parts(header)
    bound = (*place, name.lower())
    if not value.startswith(_MARK):
        return f"{name}: {_MARK}{seals.close_text(orjson.dumps([*bound, value]).decode(), None)}"
    if _opened(value, bound, seals) is None:
        raise InvalidError(_FOREIGN, ("Subscription.channel.header",))
    return header


def _opened(value: str, bound: tuple[str, str, str], seals: Seals) -> str | None:
    try:
        found: list[Any] = orjson.loads(seals.open_text(value.removeprefix(_MARK)))
    except (CorridorError, ValueError):
        return None
    return str(found[-1]) if found[:-1] == [*bound] else None


def _parts(header: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(header)
    return (found[1], found[2]) if found else (header, "")
