"""A programme writes resources into its own country's base, all of them or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Withdrawal
from corridor.domain.errors import ConflictError, ForbiddenError, PreconditionError, UnprocessableError
from corridor.domain.record import Draft, Record, TokenFact
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units

_ENDED = frozenset({"inactive", "rejected"})


@dataclass(frozen=True, slots=True)
class StoreDesk:
    """What writing needs."""

    units: Units
    audit: Audit
    clock: Clock


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one resource.

    Attributes:
        draft: what to write; None deletes.
        if_version: the version that the caller holds, or None where it does not matter.
        create: True where the resource must not exist yet.
    """

    resource_type: str
    id: str
    draft: Draft | None
    if_version: int | None = None
    create: bool = False


async def store_records(
    asking: Asking, changes: Sequence[Change], *, desk: StoreDesk, interaction: Interaction
) -> list[Record | None]:
    """Apply every change in one unit with its audit entries; when this returns they are durable.

    Returns:
        The new version of each, in order; None where a delete found nothing living.

    Raises:
        ForbiddenError: the role may not do one of these things; audited, and nothing is written.
        PreconditionError: a version is not the current one; nothing is written.
        ConflictError: a resource to be created exists; nothing is written.
        UnprocessableError: a reference inside a transaction names nothing here; nothing is written.

    Source: FHIR R4 create, update, delete, transaction, https://hl7.org/fhir/R4/http.html#transaction
    """
    for change in changes:
        try:
            _check_access(asking, change, interaction)
        except ForbiddenError:
            await desk.audit.append(_fact(asking, (change, None), desk, refused=True))
            raise
    async with desk.units.begin() as unit:
        for change in changes:
            await _check_version(unit, change)
        records = await _apply(unit, changes, desk)
        if interaction is Interaction.TRANSACTION:
            await _check_references(unit, changes)
        for fact in _facts(asking, zip(changes, records, strict=True), desk):
            await unit.audit(fact)
    return records


def _check_access(asking: Asking, change: Change, interaction: Interaction) -> None:
    """A transaction lets nobody delete who may not delete alone."""
    check_access(asking.principal, interaction, change.resource_type)
    if change.draft is None:
        check_access(asking.principal, Interaction.DELETE, change.resource_type)


async def _check_version(unit: Unit, change: Change) -> None:
    if change.if_version is None and not change.create:
        return
    current = await unit.read(change.resource_type, change.id)
    living = current is not None and current.body is not None
    if change.create and living:
        raise ConflictError("A resource with this id exists.")
    if change.if_version is not None and (current is None or current.version != change.if_version):
        raise PreconditionError("The resource has changed since the version that you hold.")


async def _apply(unit: Unit, changes: Sequence[Change], desk: StoreDesk) -> list[Record | None]:
    at = desk.clock.now()
    drafts = [change.draft for change in changes if change.draft]
    written = iter(await unit.write(drafts, at=at))
    records: list[Record | None] = []
    for change in changes:
        if change.draft is None:
            records.append(await unit.delete(change.resource_type, change.id, at=at))
            continue
        records.append(next(written))
        if change.draft.patient_id and _ends_consent(change.draft):
            ended_at = min(change.draft.withdrawn_at or at, at)
            await unit.withdraw(change.draft.patient_id, Withdrawal(ended_at))
            await unit.queue("withdraw", change.draft.patient_id, ended_at.isoformat().encode())
    return records


def _ends_consent(draft: Draft) -> bool:
    return draft.resource_type == "Consent" and any(
        isinstance(fact, TokenFact) and fact.parameter == "status" and fact.code in _ENDED for fact in draft.facts
    )


async def _check_references(unit: Unit, changes: Sequence[Change]) -> None:
    wanted = {reference for change in changes if change.draft for reference in change.draft.references}
    missing = await unit.missing(sorted(wanted))
    if missing:
        # The id is not repeated: it may be the number of somebody's document.
        raise UnprocessableError(f"A reference names no {missing[0].partition('/')[0]} of this node.")


def _fact(asking: Asking, done: tuple[Change, Record | None], desk: StoreDesk, *, refused: bool = False) -> AuditFact:
    change, record = done
    patient = record.patient_id if record else None
    return AuditFact(
        kind=_kind(change, record),
        outcome=AuditOutcome.FAILURE if refused else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        patient_ids=(patient,) if patient else (),
        resource=f"{change.resource_type}/{change.id}",
        reason="forbidden" if refused else "",
    )


def _facts(asking: Asking, done: Iterable[tuple[Change, Record | None]], desk: StoreDesk) -> Iterable[AuditFact]:
    """One entry for what was done of one kind to one patient, naming every resource; in the order of the first."""
    grouped: dict[tuple[AuditKind, tuple[str, ...]], list[AuditFact]] = defaultdict(list)
    for change, record in done:
        fact = _fact(asking, (change, record), desk)
        grouped[fact.kind, fact.patient_ids].append(fact)
    return [replace(first, together=tuple(fact.resource for fact in rest)) for first, *rest in grouped.values()]


def _kind(change: Change, record: Record | None) -> AuditKind:
    if change.draft is None:
        return AuditKind.DELETE
    return AuditKind.CREATE if change.create or (record and record.version == 1) else AuditKind.UPDATE
