"""Audit events that are written by filling in are those that are made in full."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.trace import Trace, new_trace
from corridor.fhir.audit_event import render
from corridor.storage.node.log_forms import MOST_PATIENTS, written
from corridor.storage.node.log_rows import searchable

NODE = Country("PE")
WRITES = (AuditKind.CREATE, AuditKind.UPDATE, AuditKind.DELETE)
KINDS = st.sampled_from([AuditKind.READ, AuditKind.SEARCH, AuditKind.HISTORY, *WRITES, AuditKind.ANSWER])
IDS = st.sampled_from(["a", "b", "a.b-c", "01941f29-7c00-726f-82a7-4de452e6b438", "not an id", 'q"', ""])
TEXTS = st.sampled_from(["", "a", 'with "quotes"', "ñandú", "\\u0000", "a|b", "\n"])
HEX = st.text("0123456789abcdef", min_size=16, max_size=16)
TYPES = st.sampled_from(["Patient", "Observation", "AuditEvent", "Nothing", "*", ""])
RESOURCES = st.one_of(TYPES, st.builds("{}/{}".format, TYPES, IDS))

FACTS = st.builds(
    AuditFact,
    kind=KINDS,
    outcome=st.sampled_from(AuditOutcome),
    at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the zone is beside it
    trace=st.builds(Trace, HEX.map(lambda text: text * 2), HEX),
    request_id=TEXTS,
    agent=TEXTS,
    role=st.sampled_from(["programme", "clinician", ""]),
    network=st.sampled_from(["", "", "192.0.2.1"]),
    asker=st.sampled_from([None, None, Country("CO")]),
    purpose=st.sampled_from(["", "", "TREAT"]),
    patient_ids=st.lists(IDS, max_size=3).map(tuple),
    resource=RESOURCES,
    query=TEXTS,
    reason=st.sampled_from(["", "forbidden"]),
    together=st.one_of(st.just(()), st.lists(RESOURCES, max_size=4).map(tuple)),
)


@given(FACTS, FACTS)
def test_an_event_that_is_filled_in_is_the_one_that_is_made_in_full(first: AuditFact, second: AuditFact) -> None:
    for number, fact in enumerate((first, second, first)):
        made = render(fact, id=f"id-{number}", node=NODE)
        assert written(fact, id=f"id-{number}", node=NODE) == (made, searchable(made))


def test_an_event_about_very_many_patients_is_whole() -> None:
    for count in (MOST_PATIENTS, MOST_PATIENTS + 1):
        fact = AuditFact(
            kind=AuditKind.SEARCH,
            outcome=AuditOutcome.SUCCESS,
            at=datetime.now(UTC),
            trace=new_trace(),
            request_id="r",
            agent="a",
            role="programme",
            patient_ids=tuple(f"p{number}" for number in range(count)),
            resource="Patient",
            query="_count=500",
        )
        made = render(fact, id="x", node=NODE)
        assert written(fact, id="x", node=NODE) == (made, searchable(made))
