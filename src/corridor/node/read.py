"""FHIR read and vread."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import NotFoundError
from corridor.fhir.schema import HELD
from corridor.node.national import National, asking, check_format, fhir_reply, version_headers

_LARGEST = 2**31


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
    if not version.isdigit() or int(version) > _LARGEST:
        raise NotFoundError("There is no such version.")
    return await _read(request, int(version), national)


async def _read(request: Request, version: int | None, national: National) -> Response:
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    check_type(resource_type)
    record = await national.read_record(who, (resource_type, request.path_params["id"], version))
    headers = version_headers(record)
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return fhir_reply(record.body or b"", headers=headers)


def check_type(resource_type: str) -> None:
    """Let pass a type that this node holds.

    Raises:
        NotFoundError: it is not held here.
    """
    if resource_type not in HELD:
        raise NotFoundError("This base holds no resources of this type.")
