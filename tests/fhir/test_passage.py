from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.passage import Course
from corridor.domain.trace import Trace
from corridor.fhir.audit_event import render
from corridor.fhir.passage import passage

PE, VE = Country("PE"), Country("VE")
FACT = AuditFact(
    kind=AuditKind.ANSWER,
    outcome=AuditOutcome.SUCCESS,
    at=datetime(2026, 11, 20, 15, 4, tzinfo=UTC),
    trace=Trace("a" * 32, "b" * 16),
    request_id="r-1",
    agent="c" * 32,
    role="clinician",
    asker=PE,
    holder=VE,
    purpose="TREAT",
    patient_ids=("p-1",),
    resource="MedicationStatement",
    query="MedicationStatement?code=J05AR20",
)


@pytest.mark.parametrize(
    ("kind", "outcome", "node", "course"),
    [
        (AuditKind.ANSWER, AuditOutcome.SUCCESS, VE, Course.GIVEN),
        (AuditKind.RECEIPT, AuditOutcome.SUCCESS, PE, Course.RECEIVED),
        (AuditKind.ASK, AuditOutcome.SUCCESS, VE, Course.ASKED),
        (AuditKind.REFUSE, AuditOutcome.FAILURE, VE, Course.REFUSED),
    ],
)
def test_every_exchange_in_the_log_is_told_with_both_countries(
    kind: AuditKind, outcome: AuditOutcome, node: Country, course: Course
) -> None:
    told = passage(render(replace(FACT, kind=kind, outcome=outcome), id="e-1", node=node))
    assert (told.course, told.asker, told.holder, told.purpose) == (course, "PE", "VE", "TREAT")
    assert (told.patients, told.agent, told.at) == (("p-1",), "c" * 32, FACT.at)


def test_nothing_of_what_was_in_it_is_told() -> None:
    told = passage(render(FACT, id="e-1", node=VE))
    assert "J05" not in repr(told)
    assert "Medication" not in repr(told)
