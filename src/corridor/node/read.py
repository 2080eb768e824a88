"""FHIR read and vread."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import GoneError, NotFoundError
from corridor.fhir.outcome import outcome
from corridor.fhir.schema import HELD
from corridor.fhir.subset import WHOLE
from corridor.fhir.subset_asked import subset_of
from corridor.node.asked import pairs_of_address
from corridor.node.heard import header
from corridor.node.national import National, asking, check_format, fhir_reply, is_strict, version_headers
from corridor.node.tags import is_known

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


async def read(request: Request, *, national: National) -> Response:
    """The current version of a resource.

    Source: https://hl7.org/fhir/R4/http.html#read
    """
    return await _read(request, None, national)


async def vread(request: Request, *, national: National) -> Response:
    """One version of a resource.

    Source: https://hl7.org/fhir/R4/http.html#vread
    """
    version = request.path_params["version"]
    if not _VERSION.fullmatch(version):
        raise NotFoundError("There is no such version.")
    return await _read(request, int(version), national)


async def _read(request: Request, version: int | None, national: National) -> Response:
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    check_type(resource_type)
    logical_id = request.path_params["id"]
    if not is_id(logical_id):
        what = "operation here; /fhir/metadata names those that are" if logical_id.startswith("$") else "resource"
        raise NotFoundError(f"There is no such {what}.")
    query = request.scope["query_string"]
    subset = subset_of(resource_type, pairs_of_address(query), strict=is_strict(request)) if query else WHOLE
    try:
        record = await national.read_record(who, (resource_type, logical_id, version))
    except GoneError as gone:
        status, body = outcome(gone)
        return fhir_reply(body, status=status, headers={"etag": f'W/"{gone.version}"'} if gone.version else {})
    headers = version_headers(record)
    if is_known(record, header(request, b"if-none-match") or "", header(request, b"if-modified-since") or ""):
        return Response(status_code=304, headers=headers)
    return fhir_reply(subset.of(record.body or b""), headers=headers)


def is_id(text: str) -> bool:
    """Whether a text can be a logical id.

    Source: https://hl7.org/fhir/R4/datatypes.html#id
    """
    return _ID.fullmatch(text) is not None


def check_type(resource_type: str) -> None:
    """Let pass a type that this node holds.

    Raises:
        NotFoundError: it is not held here.
    """
    if resource_type not in HELD:
        raise NotFoundError("This base holds no resources of this type.")
