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


def test_the_patient_goes_although_their_description_is_cut_by_dates() -> None:
    cut = grant(Category.DEMOGRAPHICS, Period(start=JUNE))
    assert select_rows(ROWS, permit(cut, grant(Category.REGIMEN))) == (PATIENT, REGIMEN)


def test_nothing_goes_without_the_patient() -> None:
    assert select_rows(ROWS, permit(grant(Category.VIRAL_LOAD), grant(Category.REGIMEN))) == ()


def test_of_nobody_nothing_goes() -> None:
    assert select_rows((), permit(DESCRIPTION)) == ()


def test_a_row_goes_only_if_all_that_it_tells_of_may_go() -> None:
    panel = Projected("Observation", "panel", Category.CD4, MAY, b"", frozenset({Category.VIRAL_LOAD}))
    both = grant(Category.CD4), grant(Category.VIRAL_LOAD)
    assert select_rows((PATIENT, panel), permit(DESCRIPTION, *both)) == (PATIENT, panel)
    for one in (*both, grant(Category.REGIMEN)):
        assert select_rows((PATIENT, panel), permit(DESCRIPTION, one)) == (PATIENT,)
    late = grant(Category.VIRAL_LOAD, Period(start=JUNE))
    assert select_rows((PATIENT, panel), permit(DESCRIPTION, both[0], late)) == (PATIENT,)


def test_a_drug_goes_only_with_what_refers_to_it() -> None:
    drug = Projected("Medication", "d", Category.REGIMEN, None, b"\0Medication/d\0")
    told = Projected("MedicationStatement", "m", Category.REGIMEN, MAY, b"\0Medication/d\0")
    whole = permit(DESCRIPTION, grant(Category.REGIMEN))
    assert select_rows((PATIENT, told, drug), whole) == (PATIENT, told, drug)
    assert select_rows((PATIENT, REGIMEN, drug), whole) == (PATIENT, REGIMEN)


def test_what_refers_to_a_drug_names_it_in_a_slot_wherever_that_stands() -> None:
    drug = Projected("Medication", "d", Category.REGIMEN, None, b"{}")
    second = Projected("MedicationStatement", "m", Category.REGIMEN, MAY, b"{\0Patient/p\0,\0Medication/d\0}")
    text = Projected("MedicationStatement", "m", Category.REGIMEN, MAY, b"{\0Patient/p\0Medication/d\0Medication/e\0}")
    whole = permit(DESCRIPTION, grant(Category.REGIMEN))
    assert select_rows((PATIENT, second, drug), whole) == (PATIENT, second, drug)
    assert select_rows((PATIENT, text, drug), whole) == (PATIENT, text)
