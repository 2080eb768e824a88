from itertools import pairwise

import pytest

from demo.bundles import resources
from demo.people import person as person_of
from demo.values import Outcome, Person
from tests.journeys.world import Pulled, World


def pairs(outcome: Outcome) -> list[tuple[Person, Person]]:
    """Two pairs of the demo's people who meet in some country."""
    several = [person_of(7, number) for number in range(2000, 2400)]
    found = []
    for one, other in pairwise(several):
        shared = {each.country for each in one.elsewhere} & {each.country for each in other.registrations}
        if one.outcome is other.outcome is outcome and shared and _related(one, other):
            found.append((one, other))
    return found[:2]


def _related(one: Person, other: Person) -> bool:
    return one.registrations[0].written.surnames == other.registrations[0].written.surnames


def days(person: Person, country: str) -> set[str]:
    """What tells a person's history in a country from another's: the days of results and medicines."""
    here = next(each for each in person.registrations if each.country == country)
    dated = ("effectiveDateTime", "authoredOn", "whenHandedOver", "occurrenceDateTime", "onsetDateTime")
    return {str(resource[name])[:10] for resource in resources(person, here) for name in dated if name in resource}


def told(pulled: Pulled, country: str) -> set[str]:
    """The same of what was pulled."""
    dated = ("effectiveDateTime", "authoredOn", "whenHandedOver", "occurrenceDateTime", "onsetDateTime")
    return {str(each[name])[:10] for each in pulled.by_country.get(country, ()) for name in dated if name in each}


@pytest.mark.parametrize("outcome", [Outcome.SIBLING, Outcome.TWIN])
def test_nothing_of_the_one_is_in_the_history_of_the_other(land: World, outcome: Outcome) -> None:
    found = pairs(outcome)
    assert found
    for one, other in found:
        land.admit(one, other)
        for asked in (one, other):
            pulled = land.pull(asked)
            for country in pulled.by_country:
                assert country in {each.country for each in asked.registrations}
                assert told(pulled, country) <= days(asked, country)


def test_somebody_whom_nobody_can_tell_is_not_told_of(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=Outcome.UNRESOLVABLE)
    pulled = land.pull(person)
    assert pulled.clinical == []
    assert pulled.summary == "4 of 4 countries answered."
