"""What the log keeps of changes that a programme made, or was not allowed to make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.change import Change
from corridor.domain.record import Record

Done = tuple[Change, Record | None]
"""A change and the version that it made, if any."""


def tell_changes(asking: Asking, done: Iterable[Done], *, at: datetime, refused: bool = False) -> list[AuditFact]:
    """One entry for what was done of one kind to one patient, naming every resource; in the order of the first.

    Source: IHE Basic Audit Log Patterns, https://profiles.ihe.net/ITI/BALP/
    """
    grouped: dict[tuple[AuditKind, tuple[str, ...]], list[AuditFact]] = defaultdict(list)
    for change, record in done:
        fact = _fact(asking, (change, record), at, refused=refused)
        grouped[fact.kind, fact.patient_ids].append(fact)
    return [replace(first, together=tuple(fact.resource for fact in rest)) for first, *rest in grouped.values()]


def _fact(asking: Asking, done: tuple[Change, Record | None], at: datetime, *, refused: bool) -> AuditFact:
    change, record = done
    patient = record.patient_id if record else None
    return AuditFact(
        kind=_kind(change, record),
        outcome=AuditOutcome.FAILURE if refused else AuditOutcome.SUCCESS,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=(patient,) if patient else (),
        resource=f"{change.resource_type}/{change.id}",
        reason="forbidden" if refused else "",
    )


def _kind(change: Change, record: Record | None) -> AuditKind:
    if change.draft is None:
        return AuditKind.DELETE
    return AuditKind.CREATE if change.create or (record and record.created) else AuditKind.UPDATE
