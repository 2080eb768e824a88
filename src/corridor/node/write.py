"""FHIR create, update and delete of one resource."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from uuid6 import uuid7

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError
from corridor.domain.record import Draft, Record
from corridor.fhir.draft import draft
from corridor.fhir.outcome import plain_outcome
from corridor.flows.store_records import Change
from corridor.node.national import (
    National,
    asking,
    check_format,
    fhir_reply,
    location,
    read_body,
    version_headers,
)
from corridor.node.read import check_type, is_id
from corridor.node.search import find_existing

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


async def create(request: Request, *, national: National) -> Response:
    """Write a new resource under an id made here; with `If-None-Exist` only where nothing of the kind is here.

    Source: https://hl7.org/fhir/R4/http.html#create
    """
    who, resource_type = await _begin(request, national)
    raw = await read_body(request, national)
    made = draft(raw, resource_type=resource_type, id=str(uuid7()), source=national.source, zone=national.zone)
    condition = request.headers.get("if-none-exist")
    if condition is None:
        return _written(request, await _create(who, made, national), national)
    async with national.conditional:
        existing = await find_existing(who, (resource_type, condition), national)
        if existing:
            return _written(request, existing, national, found=True)
        return _written(request, await _create(who, made, national), national)


async def _create(who: Asking, made: Draft, national: National) -> Record | None:
    change = Change(made.resource_type, made.id, made, create=True)
    (record,) = await national.store_records(who, [change], interaction=Interaction.CREATE)
    return record


async def update(request: Request, *, national: National) -> Response:
    """Write the next version of a resource, or the first one under the client's own id.

    Source: https://hl7.org/fhir/R4/http.html#update
    """
    who, resource_type = await _begin(request, national)
    logical_id = _id(request)
    raw = await read_body(request, national)
    made = draft(
        raw, resource_type=resource_type, id=logical_id, source=national.source, zone=national.zone, same_id=True
    )
    change = Change(resource_type, logical_id, made, if_version=held_version(request.headers.get("if-match", "")))
    (record,) = await national.store_records(who, [change], interaction=Interaction.UPDATE)
    return _written(request, record, national)


async def delete(request: Request, *, national: National) -> Response:
    """Say that a resource is deleted; its versions stay.

    Source: https://hl7.org/fhir/R4/http.html#delete
    """
    who, resource_type = await _begin(request, national)
    version = held_version(request.headers.get("if-match", ""))
    change = Change(resource_type, _id(request), None, if_version=version)
    (record,) = await national.store_records(who, [change], interaction=Interaction.DELETE)
    headers = {"etag": f'W/"{record.version}"'} if record else {}
    return Response(status_code=204, headers=headers)


async def _begin(request: Request, national: National) -> tuple[Asking, str]:
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    check_type(resource_type)
    return who, resource_type


def _id(request: Request) -> str:
    logical_id: str = request.path_params["id"]
    if not is_id(logical_id):
        raise InvalidError("An id has 1 to 64 letters, digits, hyphens and dots.")
    return logical_id


def held_version(tag: str) -> int | None:
    """The version that the caller holds, from `If-Match`; None where it names none.

    Raises:
        InvalidError: not a version tag.

    Source: https://hl7.org/fhir/R4/http.html#concurrency
    """
    if not tag:
        return None
    found = _ETAG.fullmatch(tag.strip())
    if found is None:
        raise InvalidError('A version tag is written W/"3".')
    return int(found[1])


def _written(request: Request, record: Record | None, national: National, *, found: bool = False) -> Response:
    if record is None or record.body is None:
        raise InvalidError("Nothing was written.")
    status = 201 if record.version == 1 and not found else 200
    headers = version_headers(record) | {"location": location(record, national)}
    wanted = request.headers.get("prefer", "").replace(" ", "")
    if "return=minimal" in wanted:
        return Response(status_code=status, headers=headers)
    if "return=OperationOutcome" in wanted:
        return fhir_reply(
            plain_outcome("informational", "Done.", severity="information"), status=status, headers=headers
        )
    return fhir_reply(record.body, status=status, headers=headers)
