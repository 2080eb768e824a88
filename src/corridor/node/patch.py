"""FHIR patch: by id, or on a condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.access import Interaction
from corridor.domain.change import Change
from corridor.domain.errors import InvalidError, MediaTypeError, NotFoundError, PreconditionError
from corridor.domain.record import Draft, Record
from corridor.fhir.draft import draft
from corridor.fhir.patch import PATCH_TYPES, read_patch
from corridor.fhir.prerequisites import Wanted
from corridor.fhir.relink import at_home
from corridor.node.accepted import PATCHES
from corridor.node.carry_out import conditions
from corridor.node.national import National, asking, check_format, media_type, read_limited
from corridor.node.read import check_type, is_id
from corridor.node.tags import held_version
from corridor.node.write import check_unconditional, written


async def patch(request: Request, *, national: National) -> Response:
    """Change part of a resource.

    Source: https://hl7.org/fhir/R4/http.html#patch
    """
    check_format(request)
    who = await asking(request, national)
    resource_type, logical_id = request.path_params["type"], request.path_params["id"]
    check_type(resource_type)
    if not is_id(logical_id):
        raise NotFoundError("There is no such resource.")
    check_unconditional(request)
    revise = await _revise(request, resource_type, national)
    version, _ = held_version(request.headers.get("if-match", ""))
    name = (resource_type, logical_id)
    record = await national.patch_record(who, name, partial(revise, logical_id), if_version=version)
    return written(request, record, national)


async def patch_on_condition(request: Request, *, national: National) -> Response:
    """Change part of the one resource that a search finds.

    Source: https://hl7.org/fhir/R4/http.html#patch
    """
    check_format(request)
    who = await asking(request, national)
    resource_type, query = request.path_params["type"], request.url.query
    check_type(resource_type)
    if not query:
        raise InvalidError("A condition names what it looks for.")
    revise = await _revise(request, resource_type, national)
    version, _ = held_version(request.headers.get("if-match", ""))

    def settle(found: Sequence[Sequence[Record]]) -> Sequence[Change]:
        record = _one(found[0])
        return [Change(resource_type, record.id, revise(record.id, record.body or b""), if_version=version)]

    looked = conditions([Wanted((resource_type, query), 0, deletes=False)], national, needs=Interaction.PATCH, most=2)
    (record,) = await national.store_on_condition(who, looked, settle, interaction=Interaction.PATCH)
    return written(request, record, national)


def _one(matches: Sequence[Record]) -> Record:
    if not matches:
        raise NotFoundError("A conditional patch finds no resource.")
    if len(matches) > 1:
        raise PreconditionError("A conditional patch finds more than one resource.")
    return matches[0]


async def _revise(request: Request, resource_type: str, national: National) -> Callable[[str, bytes], Draft]:
    """What the request does to the resource of an id; it is read and checked before anything is looked up."""
    kind = media_type(request)
    if kind not in PATCH_TYPES:
        raise MediaTypeError(f"Patches are read as {PATCHES}.")
    apply = read_patch(await read_limited(request, national.max_body_bytes), kind)

    def revise(logical_id: str, body: bytes) -> Draft:
        raw = at_home(apply(body), national.base_url)
        return draft(raw, resource_type=resource_type, id=logical_id, source=national.source, zone=national.zone)

    return revise
