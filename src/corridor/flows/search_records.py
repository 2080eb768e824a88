"""A programme searches its own country's records."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import ForbiddenError, ThrottledError
from corridor.domain.limits import Act, Demand
from corridor.domain.principal import Principal
from corridor.domain.query import Query
from corridor.domain.reach import check_search
from corridor.domain.record import Record
from corridor.domain.sought import sought
from corridor.flows.check_limits import LimitDesk, check_limits
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.records import Page, Records
from corridor.flows.watch_asking import watch_asking


@dataclass(frozen=True, slots=True)
class SearchDesk:
    """What searching needs.

    Attributes:
        limits: counts who searches how much; None where nobody is counted.
    """

    records: Records
    audit: Audit
    clock: Clock
    limits: LimitDesk | None = None


async def search_records(asking: Asking, query: Query, *, asked: str, desk: SearchDesk) -> Page:
    """One page of matches; who searched, and whose records were found, is durable before it is returned.

    What is sent along with them is only what the role may read.

    Args:
        asking: who asks.
        query: what is sought.
        asked: the search as it may be kept in the log, identifier values already replaced.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not search this type, or one that the search looks into; audited.
        ThrottledError: the asker searched too much, or for too many people; audited.
        InvalidError: the page cursor is not one of ours.

    Source: FHIR R4 search, https://hl7.org/fhir/R4/http.html#search
    """
    page: Page | None = None
    refusal: ForbiddenError | ThrottledError | None = None
    try:
        check_search(asking.principal, query)
        page = _readable(await _counted(asking, query, desk), asking.principal)
    except (ForbiddenError, ThrottledError) as error:
        refusal = error
    found = (*page.records, *page.included) if page else ()
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.SEARCH,
            outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            purpose=asking.principal.purpose,
            patient_ids=tuple(sorted({record.patient_id for record in found if record.patient_id})),
            resource=query.resource_type,
            query=asked,
            reason=refusal.reason if isinstance(refusal, ThrottledError) else "forbidden" if refusal else "",
        )
    )
    if page is None:
        raise refusal or ForbiddenError("Your role does not allow this here.")
    return page


async def _counted(asking: Asking, query: Query, desk: SearchDesk) -> Page:
    """What is found, where the asker may ask any more; whom they look for is counted with the first page."""
    if desk.limits is None:
        return await desk.records.search(query)
    await check_limits(asking, Demand(Act.SEARCH, asking.principal.purpose), desk=desk.limits)
    page = await desk.records.search(query)
    if not query.after:
        await watch_asking(asking, sought(query), found=bool(page.records), desk=desk.limits)
    return page


def _readable(page: Page, principal: Principal) -> Page:
    """The page without what was found along with it and the role may not read."""
    return (
        replace(page, included=tuple(each for each in page.included if _may_read(principal, each)))
        if page.included
        else page
    )


def _may_read(principal: Principal, record: Record) -> bool:
    try:
        check_access(principal, Interaction.READ, record.resource_type)
    except ForbiddenError:
        return False
    return True
