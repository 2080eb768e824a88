"""A programme reads how its own country's records came to be what they are."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import ForbiddenError, NotFoundError
from corridor.domain.versions import VersionQuery
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
        InvalidError: the place of the page is not one of ours.

    Source: FHIR R4 history, https://hl7.org/fhir/R4/http.html#history
    """
    refusal: ForbiddenError | NotFoundError | None = None
    page = Page((), None, "")
    try:
        check_access(asking.principal, _interaction(wanted), wanted.resource_type)
        await _check_known(wanted, desk.records)
        page = await desk.histories.page(wanted)
    except (ForbiddenError, NotFoundError) as error:
        refusal = error
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.HISTORY,
            outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=tuple(sorted({each.patient_id for each in page.records if each.patient_id})),
            resource=f"{wanted.resource_type}/{wanted.id}" if wanted.id else wanted.resource_type,
            query=asked,
            reason="forbidden" if isinstance(refusal, ForbiddenError) else "",
        )
    )
    if refusal:
        raise refusal
    return page


def _interaction(wanted: VersionQuery) -> Interaction:
    if wanted.id:
        return Interaction.HISTORY_INSTANCE
    return Interaction.HISTORY_TYPE if wanted.resource_type else Interaction.HISTORY_SYSTEM


async def _check_known(wanted: VersionQuery, records: Records) -> None:
    if wanted.id and await records.read(wanted.resource_type, wanted.id) is None:
        raise NotFoundError("There is no such resource.")
