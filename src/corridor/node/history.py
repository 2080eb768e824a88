"""FHIR history of one resource, of a type and of the whole base."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.errors import NotFoundError
from corridor.fhir.bundle import Links, history_bundle
from corridor.fhir.versions import VersionSearch, read_versions
from corridor.node.national import National, asking, check_format, fhir_reply
from corridor.node.read import check_type, is_id


async def history(request: Request, *, national: National) -> Response:
    """One page of versions with its paging links; one that says deleted is an entry without a resource.

    Source: https://hl7.org/fhir/R4/http.html#history
    """
    check_format(request)
    who = await asking(request, national)
    resource_type, logical_id = request.path_params.get("type", ""), request.path_params.get("id", "")
    if resource_type:
        check_type(resource_type)
    if logical_id and not is_id(logical_id):
        raise NotFoundError("There is no such resource.")
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    return fhir_reply(
        await history_page(who, read_versions((resource_type, logical_id), pairs, zone=national.zone), national)
    )


async def history_page(who: Asking, wanted: VersionSearch, national: National) -> bytes:
    """One page of versions as a Bundle."""
    query = wanted.query
    steps = [each for each in (query.resource_type, query.id, "_history") if each]
    asked = f"{'/'.join(steps)}?{urlencode(wanted.understood)}" if wanted.understood else "/".join(steps)
    found = await national.read_history(who, query, asked=asked)
    here = f"{national.base_url}/{'/'.join(steps)}"
    links = Links(national.base_url, _url(here, wanted, ""), _url(here, wanted, found.after) if found.after else "")
    return history_bundle(found.records, links, total=found.total)


def _url(here: str, wanted: VersionSearch, after: str) -> str:
    pairs = [*wanted.understood, *([("_cursor", after)] if after else [])]
    return f"{here}?{urlencode(pairs)}" if pairs else here
