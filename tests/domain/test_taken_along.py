from __future__ import annotations

from datetime import UTC, datetime

from corridor.domain.category import Category
from corridor.domain.consent import Grant, Permit
from corridor.domain.period import ALWAYS, Period
from corridor.domain.record import Record
from corridor.domain.taken_along import permitted

MAY = datetime(2024, 5, 1, tzinfo=UTC)


def record(id: str) -> Record:
    return Record(resource_type="Observation", id=id, version=1, updated_at=MAY, body=b"{}")


LOAD, CD4, NAME = record("viral-load"), record("cd4"), record("name")


def told(each: Record) -> frozenset[str] | None:
    return None if each.id == "name" else frozenset(each.id.split("."))


def taken(*grants: Grant) -> tuple[Record, ...]:
    return permitted((LOAD, CD4, NAME), Permit(grants, None, ()), categories=told)


def grant(category: Category, span: Period = ALWAYS, *denied: Period) -> Grant:
    return Grant(category, frozenset({span}), frozenset(denied))


def test_only_permitted_categories_leave_and_what_every_summary_needs() -> None:
    assert taken(grant(Category.VIRAL_LOAD)) == (LOAD, NAME)
    assert taken(grant(Category.VIRAL_LOAD), grant(Category.CD4)) == (LOAD, CD4, NAME)
    assert taken(grant(Category.REGIMEN)) == (NAME,)
    assert taken() == (NAME,)


def test_a_category_that_is_cut_by_dates_stays_behind_whole() -> None:
    assert taken(grant(Category.VIRAL_LOAD, Period(start=MAY)), grant(Category.CD4)) == (CD4, NAME)
    assert taken(grant(Category.CD4, ALWAYS, Period(end=MAY))) == (NAME,)


def test_what_tells_of_two_categories_needs_both() -> None:
    panel, grants = record("viral-load.cd4"), (grant(Category.VIRAL_LOAD), grant(Category.CD4))
    assert permitted((panel,), Permit(grants, None, ()), categories=told) == (panel,)
    assert permitted((panel,), Permit(grants[:1], None, ()), categories=told) == ()
