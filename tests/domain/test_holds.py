"""Whether a search finds one resource, against looking at it as one would explain it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import UnsupportedError
from corridor.domain.holds import all_facts, holds, looks_elsewhere
from corridor.domain.query import ChainCriterion, CompositeCriterion, Criterion, HasCriterion, TokenCriterion
from corridor.domain.record import Draft, Record
from tests.contract.worlds import TYPES, criteria, drafts
from tests.fakes.search import Known
from tests.fakes.search import holds as explained

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CODE = TokenCriterion("code", ((None, "x"),))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Draft, Criterion]:
    kind = draw(st.sampled_from(TYPES))
    return draw(drafts(kind, "one")), draw(criteria(kind, 0))


@given(cases())
def test_a_criterion_holds_as_looking_at_the_resource_says(case: tuple[Draft, Criterion]) -> None:
    draft, criterion = case
    known = Known(Record(draft.resource_type, draft.id, 1, AT, b"{}", draft.patient_id), draft.facts)
    facts = all_facts(draft.facts, id=draft.id, updated_at=AT)
    assert holds(criterion, facts) is explained(criterion, known, [known])


@pytest.mark.parametrize(
    "criterion",
    [
        ChainCriterion("patient", ("Patient",), CODE),
        HasCriterion("Observation", "patient", CODE),
        CompositeCriterion("both", ((CODE, ChainCriterion("patient", ("Patient",), CODE)),)),
    ],
)
def test_what_lies_elsewhere_is_not_guessed(criterion: Criterion) -> None:
    assert looks_elsewhere(criterion)
    with pytest.raises(UnsupportedError):
        holds(criterion, ())
