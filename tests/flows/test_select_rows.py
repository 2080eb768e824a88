from __future__ import annotations

from datetime import UTC, datetime

from corridor.domain.category import Category
from corridor.domain.consent import Grant, Permit
from corridor.domain.period import ALWAYS, Period
from corridor.flows.ports.unit import Projected
from corridor.flows.select_rows import select_rows

MAY, JUNE = datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
PATIENT = Projected("Patient", "p", Category.DEMOGRAPHICS, None, b"")
EARLY = Projected("Observation", "early", Category.VIRAL_LOAD, MAY, b"")
LATE = Projected("Observation", "late", Category.VIRAL_LOAD, JUNE, b"")
UNDATED = Projected("Observation", "undated", Category.VIRAL_LOAD, None, b"")
REGIMEN = Projected("MedicationStatement", "m", Category.REGIMEN, MAY, b"")
ROWS = (PATIENT, EARLY, LATE, UNDATED, REGIMEN)


def permit(*grants: Grant) -> Permit:
    return Permit(grants, None, ())


def grant(category: Category, span: Period = ALWAYS) -> Grant:
    return Grant(category, frozenset({span}))


DESCRIPTION = grant(Category.DEMOGRAPHICS)


def test_only_permitted_categories_go() -> None:
    assert select_rows(ROWS, permit(DESCRIPTION, grant(Category.REGIMEN))) == (PATIENT, REGIMEN)


def test_only_permitted_dates_go_and_the_undated_stays() -> None:
    since = Period(start=JUNE)
    assert select_rows(ROWS, permit(DESCRIPTION, grant(Category.VIRAL_LOAD, since))) == (PATIENT, LATE)


def test_the_patient_alone_may_go() -> None:
    assert select_rows(ROWS, permit(DESCRIPTION)) == (PATIENT,)


def test_nothing_goes_without_the_patient() -> None:
    assert select_rows(ROWS, permit(grant(Category.VIRAL_LOAD), grant(Category.REGIMEN))) == ()


def test_of_nobody_nothing_goes() -> None:
    assert select_rows((), permit(DESCRIPTION)) == ()
