"""`$validate`: what a write would say, and more, without writing."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import InvalidError, NotFoundError
from corridor.fhir.parse import parse
from corridor.fhir.schema import is_resource
from corridor.fhir.validation import Place, assess, read_asked
from corridor.node.asked import pairs_of_address
from corridor.node.national import National, asking, check_format, check_media_type, fhir_reply, read_limited
from corridor.node.operations import Operations
from corridor.node.read import is_id


async def validate_type(request: Request, *, national: National, operations: Operations) -> Response:
    """Everything that is wrong with a resource, as one OperationOutcome; 200 whatever is found.

    Only what the caller sent is looked at and nothing is kept, so that there is nothing to audit.

    Source: https://hl7.org/fhir/R4/resource-operation-validate.html
    """
    return await _validate(request, "", national=national, operations=operations)


async def validate_instance(request: Request, *, national: National, operations: Operations) -> Response:
    """The same for one resource: what was sent in its place, or where nothing was sent what is stored.

    Reading what is stored is a read, audited as such.

    Source: https://hl7.org/fhir/R4/resource-operation-validate.html
    """
    logical_id: str = request.path_params["id"]
    if not is_id(logical_id):
        raise NotFoundError("There is no such resource.")
    return await _validate(request, logical_id, national=national, operations=operations)


async def _validate(request: Request, logical_id: str, *, national: National, operations: Operations) -> Response:
    check_format(request)
    who = await asking(request, national)
    resource_type = request.path_params["type"]
    if not is_resource(resource_type):
        raise NotFoundError("This base validates no resources of this type.")
    body = await read_limited(request, national.max_body_bytes)
    if body.strip():
        check_media_type(request)
    asked = read_asked(body, pairs_of_address(request.scope["query_string"]))
    if asked.resource is None and not logical_id:
        raise InvalidError("There is no resource to validate.", ("Parameters.parameter",))
    if asked.resource is None and asked.mode != "delete":
        record = await national.read_record(who, (resource_type, logical_id, None))
        asked = replace(asked, resource=parse(record.body or b"{}"))
    return fhir_reply(assess(asked, Place(resource_type, logical_id, operations.home)))
