"""A programme reads how its own country's records came to be what they are."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditKind
from corridor.domain.errors import NotFoundError
from corridor.domain.versions import VersionQuery
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.histories import Histories
from corridor.flows.ports.records import Page, Records


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """What reading a history needs."""

    histories: Histories
    records: Records
    audit: Audit
    clock: Clock


async def read_history(asking: Asking, wanted: VersionQuery, *, asked: str, desk: HistoryDesk) -> Page:
    """One page of versions; who read it, and whose records it holds, is durable before it is returned.

    Args:
        asking: who asks.
        wanted: which versions.
        asked: the request as it may be kept in the log.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not read this history; audited.
        NotFoundError: the resource never existed; audited.
        InvalidError: the place of the page is not one of ours; audited.

    Source: FHIR R4 history, https://hl7.org/fhir/R4/http.html#history
    """

    async def act() -> Page:
        await _check_known(wanted, desk.records)
        return await desk.histories.page(wanted)

    reading = Reading(
        _interaction(wanted),
        wanted.resource_type,
        asked,
        act,
        lambda page: [each.patient_id for each in page.records],
        AuditKind.HISTORY,
        f"{wanted.resource_type}/{wanted.id}" if wanted.id else "",
    )
    return await audit_reading(asking, reading, desk=desk)


def _interaction(wanted: VersionQuery) -> Interaction:
    if wanted.id:
        return Interaction.HISTORY_INSTANCE
    return Interaction.HISTORY_TYPE if wanted.resource_type else Interaction.HISTORY_SYSTEM


async def _check_known(wanted: VersionQuery, records: Records) -> None:
    if wanted.id and await records.read(wanted.resource_type, wanted.id) is None:
        raise NotFoundError("There is no such resource.")
