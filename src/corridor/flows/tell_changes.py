"""What the log keeps of changes that a programme made, or was not allowed to make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.change import Change
from corridor.domain.record import Record

Done = tuple[Change, Record | None]
"""A change and the version that it made, if any."""

_Alike = tuple[AuditKind, str | None]
"""Kind of a change, and the patient whom it is about."""


def tell_changes(asking: Asking, done: Iterable[Done], *, at: datetime, refused: bool = False) -> list[AuditFact]:
    """One entry for what was done of one kind to one patient, naming every resource; in the order of the first.

    Source: IHE Basic Audit Log Patterns, https://profiles.ihe.net/ITI/BALP/
    """
    grouped: dict[_Alike, list[str]] = defaultdict(list)
    for change, record in done:
        grouped[_kind(change, record), record.patient_id if record else None].append(
            f"{change.resource_type}/{change.id}"
        )
    return [_fact(asking, alike, names, at=at, refused=refused) for alike, names in grouped.items()]


def _fact(asking: Asking, alike: _Alike, names: Sequence[str], *, at: datetime, refused: bool) -> AuditFact:
    kind, patient = alike
    return AuditFact(
        kind=kind,
        outcome=AuditOutcome.FAILURE if refused else AuditOutcome.SUCCESS,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=asking.principal.purpose,
        patient_ids=(patient,) if patient else (),
        resource=names[0],
        reason="forbidden" if refused else "",
        together=tuple(names[1:]),
    )


def _kind(change: Change, record: Record | None) -> AuditKind:
    if change.draft is None:
        return AuditKind.DELETE
    return AuditKind.CREATE if change.create or (record and record.created) else AuditKind.UPDATE
