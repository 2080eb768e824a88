"""FHIR batch and transaction."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, PreconditionError
from corridor.domain.record import Record
from corridor.fhir.bundle import Links, Reply, reply_bundle, searchset
from corridor.fhir.outcome import outcome
from corridor.fhir.search import read_search
from corridor.fhir.submission import Submission, read_submission
from corridor.fhir.transaction import Action, Origin, plan
from corridor.flows.store_records import Change
from corridor.node.national import National, asking, check_format, fhir_reply, location, read_body
from corridor.node.write import held_version

_WRITES = frozenset({"DELETE", "POST", "PUT"})
_REASONS = {200: "200 OK", 201: "201 Created", 204: "204 No Content"}


async def transaction(request: Request, *, national: National) -> Response:
    """Carry out a batch, each entry for itself, or a transaction, all of it or nothing.

    Source: https://hl7.org/fhir/R4/http.html#transaction
    """
    check_format(request)
    who = await asking(request, national)
    submission = read_submission(await read_body(request, national))
    existing = await _existing(who, submission, national)
    actions = plan(submission, Origin(national.source, national.zone), existing=existing)
    if submission.kind == "transaction":
        replies = await _together(who, actions, national)
    else:
        replies = {action.index: await _alone(who, action, national) for action in actions}
    return fhir_reply(reply_bundle(submission.kind, [replies[index] for index in sorted(replies)]))


async def _existing(who: Asking, submission: Submission, national: National) -> dict[int, str]:
    """What each conditional create would find."""
    found: dict[int, str] = {}
    for entry in submission.entries:
        if not entry.if_none_exist or entry.error:
            continue
        wanted = read_search(entry.resource_type, parse_qsl(entry.if_none_exist), strict=True, zone=national.zone)
        page = await national.search_records(who, wanted.query, asked="if-none-exist")
        if len(page.records) > 1:
            raise PreconditionError("A conditional create finds more than one resource.")
        if page.records:
            found[entry.index] = page.records[0].id
    return found


async def _together(who: Asking, actions: Sequence[Action], national: National) -> dict[int, Reply]:
    writes = [action for action in actions if action.method in _WRITES and not action.exists]
    changes = [_change(action) for action in writes]
    records = await national.store_records(who, changes, interaction=Interaction.TRANSACTION) if changes else []
    replies = {action.index: _written(record, national) for action, record in zip(writes, records, strict=True)}
    for action in actions:
        if action.index not in replies:
            replies[action.index] = await _looked_up(who, action, national)
    return replies


async def _alone(who: Asking, action: Action, national: National) -> Reply:
    try:
        if action.error:
            raise action.error
        if action.method not in _WRITES or action.exists:
            return await _looked_up(who, action, national)
        interactions = {"POST": Interaction.CREATE, "PUT": Interaction.UPDATE, "DELETE": Interaction.DELETE}
        (record,) = await national.store_records(who, [_change(action)], interaction=interactions[action.method])
    except CorridorError as error:
        status, body = outcome(error)
        return Reply(str(status), outcome=body)
    return _written(record, national)


def _change(action: Action) -> Change:
    return Change(
        action.resource_type,
        action.id,
        action.draft,
        if_version=held_version(action.if_match),
        create=action.method == "POST",
    )


def _written(record: Record | None, national: National) -> Reply:
    if record is None or record.body is None:
        return Reply(_REASONS[204])
    status = _REASONS[201 if record.version == 1 else 200]
    return Reply(status, location(record, national), f'W/"{record.version}"', record.updated_at)


async def _looked_up(who: Asking, action: Action, national: National) -> Reply:
    """A read or a search inside a Bundle, or a conditional create that found its resource."""
    if action.id:
        record = await national.read_record(who, (action.resource_type, action.id, None))
        body = None if action.exists or action.method == "HEAD" else record.body
        return Reply(_REASONS[200], location(record, national), f'W/"{record.version}"', record.updated_at, body)
    wanted = read_search(
        action.resource_type, parse_qsl(action.url.partition("?")[2], keep_blank_values=True), zone=national.zone
    )
    page = await national.search_records(who, wanted.query, asked="in-bundle")
    links = Links(national.base_url, f"{national.base_url}/{action.url}")
    return Reply(_REASONS[200], resource=searchset(page.records, links, total=page.total))
