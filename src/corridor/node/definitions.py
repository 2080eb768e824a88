"""The definitions that ship with the node, to be read and found: profiles, value sets, operations and others.

Whoever is signed in may read them. They are the same at every node and are nobody's record, so that reading them is
not put on record; nobody writes them here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import MediaTypeError, UnsupportedError
from corridor.domain.record import Record
from corridor.fhir.bundle import Links, searchset
from corridor.fhir.definition_search import find, read_wanted
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.published import published
from corridor.node.national import (
    National,
    asking,
    check_format,
    fhir_reply,
    is_strict,
    media_type,
    read_limited,
)

_PUBLISHED_AT = datetime(2026, 11, 22, tzinfo=UTC)
_FORM_BYTES = 64 * 1024
_FORM = "application/x-www-form-urlencoded"


async def read(request: Request, resource_type: str, *, national: National) -> Response:
    """One definition.

    Source: https://hl7.org/fhir/R4/http.html#read
    """
    check_format(request)
    await asking(request, national)
    return fhir_reply(published(resource_type, request.path_params["id"]))


async def search(request: Request, resource_type: str, *, national: National) -> Response:
    """Definitions of one type by their canonical URL, name, title, version or status.

    Source: https://hl7.org/fhir/R4/http.html#search
    """
    check_format(request)
    await asking(request, national)
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        pairs += await _form(request)
    wanted = read_wanted(resource_type, pairs)
    if wanted.unknown and is_strict(request):
        raise UnsupportedError(f"Not searched by here: {', '.join(wanted.unknown)}.")
    found = find(resource_type, wanted)
    here = f"{national.base_url}/{resource_type}"
    after = [*wanted.understood, ("_cursor", found.after)]
    links = Links(national.base_url, _url(here, wanted.asked), _url(here, after) if found.after else "")
    records = [Record(resource_type, name, 1, _PUBLISHED_AT, body) for name, body in found.bodies]
    warning = f"Not searched by here: {', '.join(wanted.unknown)}."
    outcome = plain_outcome("not-supported", warning, severity="warning") if wanted.unknown else None
    return fhir_reply(searchset(records, links, total=found.total, outcome=outcome))


async def _form(request: Request) -> list[tuple[str, str]]:
    if media_type(request) != _FORM:
        raise MediaTypeError(f"A search by POST is sent as {_FORM}.")
    body = await read_limited(request, _FORM_BYTES)
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)


def _url(here: str, pairs: list[tuple[str, str]]) -> str:
    return f"{here}?{urlencode(pairs)}" if pairs else here
