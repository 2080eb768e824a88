"""A second look at what clinicians did on their own word, as it stands in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.emergency import Opening
from corridor.domain.presence import Proof
from corridor.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Matter:
    """What is looked at a second time.

    Attributes:
        name: of one, in the log's query.
        word: for one, in messages and in the log's reasons.
        purpose: PurposeOfUse of the entries; empty where no one purpose is meant.
    """

    name: str
    word: str
    purpose: str = ""


OPENINGS = Matter("opening", "opening", Purpose.BTG.value)
STATEMENTS = Matter("presence", "statement")


def look_fact(
    asking: Asking, seen: Sequence[Opening | Proof], matter: Matter, *, reason: str, failed: bool, at: datetime
) -> AuditFact:
    """Who looked at which of them, and what they found or why they may not.

    Source: DICOM PS3.15 A.5.3, Audit Log Used; TRUST threat table, rows 4 and 8.
    """
    return AuditFact(
        kind=AuditKind.REVIEW,
        outcome=AuditOutcome.FAILURE if failed else AuditOutcome.SUCCESS,
        at=at,
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=matter.purpose,
        patient_ids=tuple(sorted({each.patient_id for each in seen})),
        query="&".join(f"{matter.name}={each.id}" for each in seen),
        reason=reason,
    )
