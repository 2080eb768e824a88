"""FHIR create, update and delete of one resource, plain or on a condition."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError
from corridor.domain.record import Record
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.submission import Entry
from corridor.fhir.validation import written_outcome
from corridor.node.carry_out import carry_out
from corridor.node.national import (
    National,
    asking,
    check_format,
    fhir_reply,
    location,
    read_body,
    version_headers,
)
from corridor.node.prefer import preferences
from corridor.node.read import check_type, is_id


async def create(request: Request, *, national: National) -> Response:
    """Write a new resource under an id made here; with `If-None-Exist` only where nothing of the kind is here.

    Source: https://hl7.org/fhir/R4/http.html#create
    """
    who, resource_type = await _begin(request, national)
    if not ANSWER_FORM.issuperset(request.query_params):
        raise InvalidError("A create has its condition in If-None-Exist, not in its address.")
    raw = await read_body(request, national)
    condition = request.headers.get("if-none-exist")
    if condition is not None and not condition.strip():
        raise InvalidError("A condition names what it looks for.")
    entry = Entry(0, "POST", resource_type, resource_type, raw=raw, if_none_exist=condition or "")
    return written(request, (await carry_out(who, entry, national)).record, national)


async def update(request: Request, *, national: National) -> Response:
    """Write the next version of a resource, or the first one under the client's own id.

    Source: https://hl7.org/fhir/R4/http.html#update
    """
    who, resource_type = await _begin(request, national)
    entry = _entry(request, resource_type, id=_id(request), raw=await read_body(request, national))
    return written(request, (await carry_out(who, entry, national)).record, national)


async def update_on_condition(request: Request, *, national: National) -> Response:
    """Write the next version of the one resource that a search finds, or the first where it finds none.

    Source: https://hl7.org/fhir/R4/http.html#cond-update
    """
    who, resource_type = await _begin(request, national)
    entry = _entry(request, resource_type, query=_query(request), raw=await read_body(request, national))
    return written(request, (await carry_out(who, entry, national)).record, national)


async def delete(request: Request, *, national: National) -> Response:
    """Say that a resource is deleted; its versions stay.

    Source: https://hl7.org/fhir/R4/http.html#delete
    """
    who, resource_type = await _begin(request, national)
    entry = _entry(request, resource_type, id=_id(request))
    return _deleted(request, (await carry_out(who, entry, national)).record)


async def delete_on_condition(request: Request, *, national: National) -> Response:
    """Say that the one resource that a search finds is deleted; where it finds none, all is as was wanted.

    Source: https://hl7.org/fhir/R4/http.html#3.1.0.7.1
    """
    who, resource_type = await _begin(request, national)
    entry = _entry(request, resource_type, query=_query(request))
    return _deleted(request, (await carry_out(who, entry, national)).record)


async def _begin(request: Request, national: National) -> tuple[Asking, str]:
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    check_type(resource_type)
    return who, resource_type


def _entry(request: Request, resource_type: str, *, id: str = "", query: str = "", raw: bytes = b"") -> Entry:
    return Entry(
        0,
        request.method,
        resource_type,
        resource_type,
        id=id,
        query=query,
        raw=raw,
        if_match=request.headers.get("if-match", ""),
        if_none_match=request.headers.get("if-none-match", ""),
    )


def _id(request: Request) -> str:
    logical_id: str = request.path_params["id"]
    if not is_id(logical_id):
        raise InvalidError("An id has 1 to 64 letters, digits, hyphens and dots.")
    check_unconditional(request)
    return logical_id


def check_unconditional(request: Request) -> None:
    """Let pass a write whose address names one resource, and nothing beside it that would not be heeded.

    Raises:
        InvalidError: a condition stands there, or what another server would do more than write.
    """
    if request.scope["query_string"] and not ANSWER_FORM.issuperset(request.query_params):
        raise InvalidError("The address names the resource by its id; no condition stands beside it.")


def _query(request: Request) -> str:
    query = request.url.query
    if not query:
        raise InvalidError("A condition names what it looks for.")
    return query


def written(request: Request, record: Record | None, national: National) -> Response:
    """The answer to a create, an update or a patch: as much as the client prefers.

    Source: https://hl7.org/fhir/R4/http.html#ops
    """
    if record is None or record.body is None:
        raise InvalidError("Nothing was written.")
    status = 201 if record.created else 200
    headers = version_headers(record) | {"location": location(record, national)}
    wanted = preferences(request).returned
    if wanted == "minimal":
        return Response(status_code=status, headers=headers)
    if wanted == "OperationOutcome":
        return fhir_reply(written_outcome(record.body, home=national.home), status=status, headers=headers)
    return fhir_reply(record.body, status=status, headers=headers)


def _deleted(request: Request, record: Record | None) -> Response:
    headers = {"etag": f'W/"{record.version}"'} if record else {}
    if preferences(request).returned != "OperationOutcome":
        return Response(status_code=204, headers=headers)
    text = "Deleted." if record else "There was nothing to delete."
    return fhir_reply(plain_outcome("informational", text, severity="information"), headers=headers)
