"""FHIR Bulk Data: asking for an export, how far it is, its files, and taking it back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ExportOrder, JobState
from corridor.domain.errors import InvalidError, NotFoundError, ThrottledError
from corridor.fhir.bulk_manifest import manifest
from corridor.fhir.bulk_request import Pair, parameter_pairs, read_export, read_import
from corridor.fhir.outcome import outcome
from corridor.fhir.search_wanted import Terms
from corridor.flows.fetch_bulk_file import Fetched
from corridor.flows.start_import import Wanted
from corridor.node.asked import encoded, for_log
from corridor.node.national import (
    National,
    asking,
    check_format,
    check_media_type,
    fhir_reply,
    http_date,
    media_type,
    read_limited,
)
from corridor.node.parts import NDJSON, in_parts
from corridor.node.read import is_id

RETRY_SECONDS = 2
"""After which a caller may ask again how far a job is."""

BUSY_SECONDS = 60
"""After which a caller may ask again for a job where too many run."""

_PARAMETERS_BYTES = 4 * 1024 * 1024
_COUNTED = {"export": "written", "import": "taken in"}


class StartExport(Protocol):
    """`start_export` with its desk."""

    def __call__(self, asking: Asking, order: ExportOrder, *, request: str, narrowed: str) -> Awaitable[BulkJob]:
        """Record who wants what, and keep the job."""


class StartImport(Protocol):
    """`start_import` with its desk."""

    def __call__(self, asking: Asking, wanted: Wanted, *, request: str) -> Awaitable[BulkJob]:
        """Record who brings what, and keep the job."""


class FetchFile(Protocol):
    """`fetch_bulk_file` with its desk."""

    def __call__(self, asking: Asking, id: str, *, name: str) -> Awaitable[Fetched]:
        """A file that may be sent."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """The acts behind bulk requests, wired in."""

    start_export: StartExport
    start_import: StartImport
    read_job: Callable[[Asking, str], Awaitable[BulkJob]]
    fetch_file: FetchFile
    cancel_job: Callable[[Asking, str], Awaitable[None]]


async def export(request: Request, *, national: National, bulk: Bulk, level: str) -> Response:
    """Ask for an export of everything, of all patients or of a Group's.

    Args:
        request: GET with the order in the address, or POST with it in Parameters.
        national: what every door shares.
        bulk: the acts.
        level: `system`, `patient` or `group`.

    Source: https://hl7.org/fhir/uv/bulkdata/export.html, kick-off request.
    """
    check_format(request)
    who = await asking(request, national)
    _check_async(request)
    group = request.path_params["id"] if level == "group" else ""
    if group and not is_id(group):
        raise NotFoundError("There is no such Group here.")
    order = read_export(
        await _pairs(request),
        group=group,
        compartments=level != "system",
        posted=request.method == "POST",
        terms=Terms(national.zone, None, national.base_url),
    )
    try:
        narrowed = _narrowed(order, national)
        job = await bulk.start_export(who, order, request=_address(request, national), narrowed=narrowed)
    except ThrottledError as error:
        return _busy(error)
    return _accepted(job, national)


def _narrowed(order: ExportOrder, national: National) -> str:
    """Filters and elements for the log, where values that tell who is sought are hashes."""
    filters = (
        f"{each.resource_type}?{for_log(parse_qsl(each.query, keep_blank_values=True), national.hide)}"
        for each in order.filters
    )
    elements = ",".join(".".join(filter(None, (each.resource_type, each.name))) for each in order.elements)
    told = [("_typeFilter", each) for each in filters]
    return encoded([*told, ("_elements", elements)] if elements else told)


async def import_(request: Request, *, national: National, bulk: Bulk) -> Response:
    """Ask that ndjson files be taken in: an upload in the body, or files of the node's import folder by address.

    Source: https://github.com/smart-on-fhir/bulk-import
    """
    check_format(request)
    who = await asking(request, national)
    _check_async(request)
    wanted = await _wanted(request)
    try:
        job = await bulk.start_import(who, wanted, request=_address(request, national))
    except ThrottledError as error:
        return _busy(error)
    return _accepted(job, national)


async def status(request: Request, *, national: National, bulk: Bulk) -> Response:
    """How far a job is, or its manifest.

    Source: https://hl7.org/fhir/uv/bulkdata/export.html, status request.
    """
    check_format(request)
    job = await bulk.read_job(await asking(request, national), request.path_params["job"])
    if job.state is JobState.RUNNING:
        told = f"{job.progress.resources} resources {_COUNTED[job.kind.value]}"
        return Response(status_code=202, headers={**_HEADERS, "x-progress": told, "retry-after": str(RETRY_SECONDS)})
    content = manifest(job, f"{national.base_url}/$bulk-file/{job.id}")
    return Response(content, headers={**_HEADERS, **_expires(job)}, media_type=_MANIFEST)


async def cancel(request: Request, *, national: National, bulk: Bulk) -> Response:
    """Take a job back, or say that its files are fetched.

    Source: https://hl7.org/fhir/uv/bulkdata/export.html, delete request.
    """
    await bulk.cancel_job(await asking(request, national), request.path_params["job"])
    return Response(status_code=202, headers=_HEADERS)


async def file(request: Request, *, national: National, bulk: Bulk) -> Response:
    """One file of a job that is done, in parts where a `Range` is asked for.

    Source: https://hl7.org/fhir/uv/bulkdata/export.html, output file request.
    """
    who = await asking(request, national)
    found = await bulk.fetch_file(who, request.path_params["job"], name=request.path_params["name"])
    return in_parts(request, found.content, tag=found.job.id, headers={**_HEADERS, **_expires(found.job)})


_HEADERS: Mapping[str, str] = {"cache-control": "no-store"}
_MANIFEST = "application/json"  # a manifest is no resource of FHIR


def _check_async(request: Request) -> None:
    if request.method == "HEAD":  # it would begin work whose address nobody is told
        raise HTTPException(405, headers={"allow": "GET, POST"})
    wanted = {each.strip().lower() for each in request.headers.get("prefer", "").split(",")}
    if "respond-async" not in {part.strip() for each in wanted for part in each.split(";")}:
        raise InvalidError("This takes its time: ask with the header Prefer: respond-async.")


async def _pairs(request: Request) -> list[Pair]:
    """What is asked for, in the address and in the body of a POST."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "_format"]
    if request.method != "POST":
        return pairs
    body = await read_limited(request, _PARAMETERS_BYTES)
    if not body.strip():
        return pairs
    check_media_type(request)
    if any(name == "patient" for name, _ in pairs):
        raise InvalidError("Patients are named in the body: addresses are kept in places where ids do not belong.")
    return pairs + parameter_pairs(body)


async def _wanted(request: Request) -> Wanted:
    kind = media_type(request)
    if kind not in {NDJSON, "application/ndjson", "application/x-ndjson"}:
        check_media_type(request)
        asked = read_import(await read_limited(request, _PARAMETERS_BYTES))
        return Wanted(asked.inputs, asked.source)
    return Wanted(upload=_upload(request))


async def _upload(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


def _address(request: Request, national: National) -> str:
    """The address that was asked, as the caller knows this base."""
    path = request.url.path.removeprefix("/fhir")
    return f"{national.base_url}{path}" + (f"?{request.url.query}" if request.url.query else "")


def _accepted(job: BulkJob, national: National) -> Response:
    where = f"{national.base_url}/$bulk-status/{job.id}"
    return Response(status_code=202, headers={**_HEADERS, "content-location": where})


def _busy(error: ThrottledError) -> Response:
    code, body = outcome(error)
    return fhir_reply(body, status=code, headers={"retry-after": str(BUSY_SECONDS)})


def _expires(job: BulkJob) -> dict[str, str]:
    return {"expires": http_date(job.until)} if job.until else {}
