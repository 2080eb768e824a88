"""FHIR search, by GET and by POST."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError, MediaTypeError
from corridor.fhir.bundle import Links, searchset
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.search import Search, read_search
from corridor.node.asked import for_log
from corridor.node.formats import heed_form
from corridor.node.national import (
    National,
    asking,
    check_format,
    fhir_reply,
    is_strict,
    media_type,
    read_limited,
)
from corridor.node.read import check_type

_FORM_BYTES = 64 * 1024
_FORM = "application/x-www-form-urlencoded"


async def search(request: Request, *, national: National) -> Response:
    """One page of matches with its paging links.

    Source: https://hl7.org/fhir/R4/http.html#search
    """
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    check_type(resource_type)
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        pairs += await _form(request)
    wanted = read_search(resource_type, pairs, strict=is_strict(request), zone=national.zone)
    return fhir_reply(await page(who, wanted, national))


async def page(who: Asking, wanted: Search, national: National) -> bytes:
    """One page of matches, with a warning for every part of the search that was left out."""
    found = await national.search_records(who, wanted.query, asked=for_log(wanted.understood, national.hide))
    outcome = plain_outcome("not-supported", " ".join(wanted.warnings), severity="warning") if wanted.warnings else None
    here = f"{national.base_url}/{wanted.query.resource_type}"
    links = Links(national.base_url, _url(here, wanted, ""), _url(here, wanted, found.after) if found.after else "")
    return searchset(found.records, links, total=found.total, outcome=outcome)


async def _form(request: Request) -> list[tuple[str, str]]:
    if media_type(request) != _FORM:
        raise MediaTypeError(f"A search by POST is sent as {_FORM}.")
    body = await read_limited(request, _FORM_BYTES)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise InvalidError("The form is not UTF-8.") from None
    heed_form(request.scope, pairs)
    return pairs


def _url(here: str, wanted: Search, after: str) -> str:
    pairs = [*wanted.understood, *([("_cursor", after)] if after else [])]
    return f"{here}?{urlencode(pairs)}" if pairs else here
