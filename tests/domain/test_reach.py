"""Whom a search can look at beside those whom it finds."""

from __future__ import annotations

import pytest

from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Principal, Role
from corridor.domain.query import (
    ChainCriterion,
    CompositeCriterion,
    HasCriterion,
    Include,
    Query,
    TokenCriterion,
)
from corridor.domain.reach import check_search, types_reached
from tests.fakes.federation import asking

CODE = TokenCriterion("code", ((None, "x"),))
IN_GROUP = ChainCriterion("subject", ("Patient", "Group"), CODE)
AT_VISIT = ChainCriterion("encounter", ("Encounter",), CODE)


@pytest.mark.parametrize(
    ("query", "reached"),
    [
        (Query("Patient"), {"Patient"}),
        (Query("Patient", (CODE,)), {"Patient"}),
        (Query("Observation", (IN_GROUP,)), {"Observation", "Patient", "Group"}),
        (Query("Patient", (HasCriterion("Condition", "patient", CODE),)), {"Patient", "Condition"}),
        (
            Query("Patient", (HasCriterion("Condition", "patient", AT_VISIT),)),
            {"Patient", "Condition", "Encounter"},
        ),
        (
            Query("Patient", (CompositeCriterion("x", ((ChainCriterion("y", ("Group",), CODE), CODE),)),)),
            {"Patient", "Group"},
        ),
        (Query("Patient", includes=(Include("Provenance", "target", reverse=True),)), {"Patient", "Provenance"}),
        (Query("Patient", includes=(Include("Patient", "*", "Organization"),)), {"Patient", "Organization"}),
        (Query("Patient", includes=(Include("Patient", "*"),)), {"Patient"}),
    ],
)  # fmt: skip
def test_every_type_that_a_search_looks_into_is_named(query: Query, reached: set[str]) -> None:
    assert types_reached(query) == reached


def principal(role: Role) -> Principal:
    return asking(role).principal


@pytest.mark.parametrize(
    "query",
    [
        Query("AuditEvent"),
        Query("Patient", (HasCriterion("AuditEvent", "patient", CODE),)),
        Query("Provenance", (ChainCriterion("target", ("AuditEvent",), CODE),)),
        Query("Patient", includes=(Include("AuditEvent", "patient", reverse=True),)),
    ],
)
def test_whoever_may_not_read_the_audit_does_not_look_into_it(query: Query) -> None:
    with pytest.raises(ForbiddenError):
        check_search(principal(Role.PROGRAMME), query)


def test_an_auditor_does_not_look_into_records() -> None:
    check_search(principal(Role.AUDITOR), Query("AuditEvent", (CODE,)))
    with pytest.raises(ForbiddenError):
        check_search(principal(Role.AUDITOR), Query("AuditEvent", (ChainCriterion("patient", ("Patient",), CODE),)))
