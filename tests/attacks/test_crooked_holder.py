"""A holder that evaluates with anything but its share is named on record, and everybody is found without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corridor.storage.hub.tables import person as registered
from demo.parties import HUB
from demo.values import Person
from tests.attacks.standing_in import impostor
from tests.journeys.tables import rows
from tests.journeys.world import World

CROOKED = "EC"
BEHAVIOURS = {"holder-with-another-share": "VE", "holder-that-doubles-one": "CO", "holder-that-repeats-itself": "CL"}
"""Each is met by another country: who was named is asked last for ten minutes."""


@pytest.fixture(scope="module", autouse=True)
def away(land: World) -> Iterator[None]:
    """The country is off while others stand in its place."""
    with land.away(CROOKED):
        yield


def known(land: World, country: str) -> int:
    """How many people of a country the hub knows."""
    return sum(row["country"] == country for row in rows(land.doors[HUB], registered))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_it_is_named_once_and_people_are_registered_all_the_same(land: World, behaviour: str) -> None:
    asker, before = BEHAVIOURS[behaviour], known(land, BEHAVIOURS[behaviour])
    with impostor(land, behaviour, country=CROOKED):
        for number in range(4):
            name = {"family": f"Torcido{number} Mamani", "given": ["Rosa"]}
            land.write(
                asker, {"resourceType": "Patient", "id": f"crooked-{number}", "name": [name], "birthDate": "1990"}
            )
            land.settle()
    assert known(land, asker) == before + 4
    named = [event for event in land.audit(asker) if event.get("outcomeDesc") == "wrong-proof"]
    assert len(named) == 1
    assert CROOKED in str(named[0])


def test_somebody_is_found_with_a_crooked_holder_among_those_asked(land: World, woman: Person) -> None:
    with impostor(land, "holder-that-doubles-one", country=CROOKED):
        pulled = [land.pull(woman) for _ in range(3)]
    assert all(set(each.by_country) == {"VE", "CO"} for each in pulled)
