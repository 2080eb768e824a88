"""A programme writes what depends on what its base already holds: looked up and written in one unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.change import Change
from corridor.domain.errors import CorridorError, ForbiddenError
from corridor.domain.query import Query
from corridor.domain.reach import check_search
from corridor.domain.record import Record
from corridor.flows.ports.records import Records
from corridor.flows.refuse_changes import refuse_changes
from corridor.flows.store_records import StoreDesk
from corridor.flows.write_changes import write_changes


@dataclass(frozen=True, slots=True)
class ConditionDesk:
    """What writing on a condition needs.

    Attributes:
        records: of the same database as the units: while a unit is open nobody else writes, so that what is found
            stays true until it ends.
    """

    store: StoreDesk
    records: Records


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
        CorridorError: what `settle` or `store_records` raises; nothing is written.

    Source: FHIR R4 conditional create, update, delete and references, https://hl7.org/fhir/R4/http.html#ccreate
    """
    await _check_rights(asking, conditions, desk)
    looked: list[AuditFact] = []
    try:
        async with desk.store.units.begin() as unit:
            found = [(await desk.records.search(condition.query)).records for condition in conditions]
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
            return records
    except CorridorError:
        for fact in looked:
            await desk.store.audit.append(fact)
        raise


async def _check_rights(asking: Asking, conditions: Sequence[Condition], desk: ConditionDesk) -> None:
    for condition in conditions:
        try:
            check_search(asking.principal, condition.query)
            check_access(asking.principal, condition.needs, condition.query.resource_type)
        except ForbiddenError:
            await desk.store.audit.append(_fact(asking, (condition, ()), desk.store, refused=True))
            raise


def _fact(asking: Asking, done: tuple[Condition, Matches], desk: StoreDesk, *, refused: bool = False) -> AuditFact:
    condition, found = done
    return AuditFact(
        kind=AuditKind.SEARCH,
        outcome=AuditOutcome.FAILURE if refused else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=tuple(sorted({each.patient_id for each in found if each.patient_id})),
        resource=condition.query.resource_type,
        query=condition.asked,
        reason="forbidden" if refused else "",
    )
