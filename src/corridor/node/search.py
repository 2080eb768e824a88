"""FHIR search, by GET and by POST."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.errors import MediaTypeError
from corridor.domain.record import Record
from corridor.fhir.bundle import Links, searchset
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.search import Search, read_search
from corridor.fhir.subset import Subset
from corridor.node.asked import encoded, for_log, pairs_of_address
from corridor.node.cross_reference import check_domains
from corridor.node.formats import check_encoding, heed_form
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
    pairs = pairs_of_address(request.scope["query_string"])
    if request.method == "POST":
        pairs += await _form(request)
    if resource_type == "Patient":
        await check_domains(who, pairs, national)
    strict, base = is_strict(request), national.base_url
    wanted = read_search(resource_type, pairs, strict=strict, zone=national.zone, base=base)
    return fhir_reply(await page(who, wanted, national))


async def page(who: Asking, wanted: Search, national: National) -> bytes:
    """One page of matches and what goes with them, with a warning for every part of the search that was left out."""
    asked = encoded(wanted.understood)
    logged = for_log(wanted.understood, national.hide, asked=asked)
    found = await national.search_records(who, wanted.query, asked=logged)
    outcome = plain_outcome("not-supported", " ".join(wanted.warnings), severity="warning") if wanted.warnings else None
    return searchset(
        _cut(found.records, wanted.subset),
        _links(wanted, asked, found.after, base=national.base_url),
        total=found.total,
        included=_cut(found.included, wanted.subset.of_included) if found.included else (),
        outcome=outcome,
    )


def _cut(records: Sequence[Record], subset: Subset) -> Sequence[Record]:
    if subset.is_whole:
        return records
    return [replace(each, body=subset.of(each.body)) for each in records if each.body is not None]


def _links(wanted: Search, asked: str, after: str, *, base: str) -> Links:
    here, place = f"{base}/{wanted.query.resource_type}", wanted.query.after
    first = _url(here, asked, "")
    return Links(
        base,
        self_url=_url(here, asked, place) if place else first,
        next_url=_url(here, asked, after) if after else "",
        first_url=first,
    )


async def _form(request: Request) -> list[tuple[str, str]]:
    if media_type(request) != _FORM:
        raise MediaTypeError(f"A search by POST is sent as {_FORM}.")
    body = await read_limited(request, _FORM_BYTES)
    check_encoding(body)
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    heed_form(request.scope, pairs)
    return pairs


def _url(here: str, asked: str, after: str) -> str:
    place = encoded([("_cursor", after)]) if after else ""
    return f"{here}?{asked}{'&' if asked and place else ''}{place}" if asked or place else here
