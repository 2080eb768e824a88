"""A programme writes what depends on what its base already holds: looked up and written in one unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.change import Change
from corridor.domain.errors import CorridorError, ForbiddenError, ThrottledError
from corridor.domain.limits import Act, Demand
from corridor.domain.query import Query
from corridor.domain.reach import check_search
from corridor.domain.record import Record
from corridor.domain.sought import sought
from corridor.flows.check_limits import LimitDesk, check_limits
from corridor.flows.ports.records import Records
from corridor.flows.refuse_changes import refuse_changes
from corridor.flows.store_records import StoreDesk
from corridor.flows.watch_asking import watch_asking
from corridor.flows.write_changes import write_changes


@dataclass(frozen=True, slots=True)
class ConditionDesk:
    """What writing on a condition needs.

    Attributes:
        records: of the same database as the units: while a unit is open nobody else writes, so that what is found
            stays true until it ends.
        limits: counts who looks how much; None where nobody is counted.
    """

    store: StoreDesk
    records: Records
    limits: LimitDesk | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A search whose matches decide what is written.

    Attributes:
        query: what is sought; its page size is the most matches that anybody needs to know of.
        asked: the search as it may be kept in the log.
        needs: the right, beside searching, that acting on the matches takes.
    """

    query: Query
    asked: str
    needs: Interaction


Matches = tuple[Record, ...]
Settle = Callable[[Sequence[Matches]], Sequence[Change]]
"""From the matches of each condition, in order, to the changes; raises what stands against them."""


async def store_on_condition(
    asking: Asking, conditions: Sequence[Condition], settle: Settle, *, desk: ConditionDesk, interaction: Interaction
) -> list[Record | None]:
    """Look every condition up, settle what it means, and write that: in one unit, so that no other write comes between.

    Who looked, and whose records were found, is durable even where nothing is written in the end.

    Returns:
        The new version of each change, in order; None where a delete found nothing living.

    Raises:
        ForbiddenError: the role may not search or do one of these things; audited.
        ThrottledError: the asker is paused, or may not look any more in this hour; audited.
        CorridorError: what `settle` or `store_records` raises; nothing is written.

    Source: FHIR R4 conditional create, update, delete and references, https://hl7.org/fhir/R4/http.html#ccreate
    """
    await _check_rights(asking, conditions, desk)
    looked: list[AuditFact] = []
    found: list[Matches] = []
    try:
        async with desk.store.units.begin() as unit:
            found += [(await desk.records.search(condition.query)).records for condition in conditions]
            looked += [_fact(asking, each, desk.store) for each in zip(conditions, found, strict=True)]
            changes = settle(found)
            refused = refuse_changes(asking, changes, interaction=interaction, clock=desk.store.clock)
            if refused:
                looked.append(refused)
                raise ForbiddenError("Your role does not allow this here.")
            at = desk.store.clock.now()
            records = await write_changes(unit, asking, changes, at=at, interaction=interaction)
            for fact in looked:
                await unit.audit(fact)
    except CorridorError:
        for fact in looked:
            await desk.store.audit.append(fact)
        await _watch(asking, zip(conditions, found, strict=False), desk, written=False)
        raise
    await _watch(asking, zip(conditions, found, strict=False), desk, written=True)
    return records


async def _watch(
    asking: Asking, looked: Iterable[tuple[Condition, Matches]], desk: ConditionDesk, *, written: bool
) -> None:
    """Count whom somebody looked for; whoever was not there and was registered thereby is nobody who was tried.

    What was written stays written: a pause that begins here stops what comes next.
    """
    if desk.limits is None:
        return
    for condition, found in looked:
        with suppress(ThrottledError):
            await watch_asking(asking, sought(condition.query), found=bool(found) or written, desk=desk.limits)


async def _check_rights(asking: Asking, conditions: Sequence[Condition], desk: ConditionDesk) -> None:
    for condition in conditions:
        try:
            check_search(asking.principal, condition.query)
            check_access(asking.principal, condition.needs, condition.query.resource_type)
        except ForbiddenError:
            await desk.store.audit.append(_fact(asking, (condition, ()), desk.store, refusal="forbidden"))
            raise
    if desk.limits is None:
        return
    for condition in {each.query: each for each in conditions}.values():  # the same one in a Bundle is one look
        try:
            await check_limits(asking, Demand(Act.SEARCH, asking.principal.purpose), desk=desk.limits)
        except ThrottledError as error:
            await desk.store.audit.append(_fact(asking, (condition, ()), desk.store, refusal=error.reason))
            raise


def _fact(asking: Asking, done: tuple[Condition, Matches], desk: StoreDesk, *, refusal: str = "") -> AuditFact:
    condition, found = done
    return AuditFact(
        kind=AuditKind.SEARCH,
        outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=tuple(sorted({each.patient_id for each in found if each.patient_id})),
        resource=condition.query.resource_type,
        query=condition.asked,
        reason=refusal,
    )
