"""One invented person whom four countries know, each with a record of 50 resources, and who is now in Chile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from demo.bundles import resources
from demo.story import the_woman
from demo.values import Agreement, AgreementKind, Outcome, Person, Registration, Result, ResultKind

HERE = "CL"
THERE = ("CO", "EC", "PE", "VE")
RECORD = 50
"""Resources of the person in each of the four."""


def traveller() -> Person:
    """The woman of the story as every border wrote her down alike: finding her is not what is measured."""
    caracas, *_, latest = the_woman().registrations
    agreed = Agreement(
        AgreementKind.GIVEN, (HERE, *THERE), latest.care.visits[0], latest.care.visits[0] + timedelta(days=3650)
    )
    holders = [grown(replace(caracas, country=country)) for country in THERE]
    here = replace(caracas, country=HERE, care=latest.care, agreements=(agreed,))
    return Person(0, Outcome.STORY, (*holders, here))


def grown(registration: Registration) -> Registration:
    """The registration with a viral load every few weeks until the record is full."""
    alone = Person(0, Outcome.STORY, (registration,))
    care = registration.care
    missing = RECORD - sum(1 for _ in resources(alone, registration))
    first = care.diagnosed_on
    more = tuple(
        Result(ResultKind.VIRAL_LOAD, first + timedelta(days=28 * turn), 1000.0 + turn)
        for turn in range(1, missing + 1)
    )
    return replace(registration, care=replace(care, results=(*care.results, *more)))
