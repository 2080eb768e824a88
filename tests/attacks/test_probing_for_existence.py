"""Decoy, stranger, doubt, refusal and a used handle cannot be told apart from outside."""

import secrets
from statistics import median
from time import perf_counter

import httpx
import pytest

from corridor.domain.consent import Provision
from demo.people import person as person_of
from demo.values import Outcome, Person
from tests.attacks.envoy import Envoy, entries, looks
from tests.journeys.world import World

REFUSED = Provision(permit=False)
FLOOR_SECONDS = 0.060
"""Answers that give nothing leave at whole multiples of this."""


async def questions(lima: Envoy, woman: Person) -> dict[str, tuple[str, bytes]]:
    """Questions of which none is answered, each for another reason."""
    handles = await lima.handles(woman)
    refused = (await lima.handles(woman))["VE"]
    unresolvable = next(one for one in map(_numbered, range(4000, 4200)) if one.outcome is Outcome.UNRESOLVABLE)
    used = (await lima.handles(woman))["VE"]
    assert entries(lima.ask("VE", lima.question(used)))
    return {
        "decoy": ("CL", lima.question(handles["CL"])),
        "stranger": ("VE", lima.question((await lima.handles(unresolvable))["VE"])),
        "invented": ("VE", lima.question(secrets.token_urlsafe(32))),
        "refused": ("VE", lima.question(refused, statement=_shown(lima, refused))),
        "used": ("VE", lima.question(used)),
        "foreign": ("VE", lima.question(handles["CO"])),
        "no statement": ("VE", lima.question((await lima.handles(woman))["VE"], statement=b"{}")),
    }


def _numbered(number: int) -> Person:
    return person_of(7, number)


def _shown(lima: Envoy, handle: str) -> bytes:
    return lima.statements.write(lima.consent(REFUSED), handle=handle)


async def test_whatever_has_nothing_to_give_looks_the_same(lima: Envoy, woman: Person) -> None:
    seen = {why: looks(lima.ask(*asked)) for why, asked in (await questions(lima, woman)).items()}
    assert len(seen) == 7
    first = seen["decoy"]
    assert first[0] == httpx.codes.OK
    for why, one in seen.items():
        assert one == first, why


async def test_whatever_has_nothing_to_give_takes_a_whole_number_of_the_same_steps(lima: Envoy, woman: Person) -> None:
    took: dict[str, list[float]] = {"decoy": [], "refused": [], "invented": []}
    for _ in range(7):
        asked = await questions(lima, woman)
        for why, several in took.items():
            began = perf_counter()
            lima.ask(*asked[why])
            several.append(perf_counter() - began)
    for why, several in took.items():
        assert min(several) > 0.9 * FLOOR_SECONDS, why
    middles = [median(several) for several in took.values()]
    assert max(middles) - min(middles) < 10 * FLOOR_SECONDS


async def test_a_country_that_holds_a_denial_answers_like_one_that_knows_nobody(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE", outcome=Outcome.REFUSED_ABROAD)
    lima = Envoy(land, "PE")
    handles = await lima.handles(person)
    denied, unknown = (lima.ask(key, lima.question(handles[key])) for key in ("CO", "CL"))
    assert looks(denied) == looks(unknown)


async def test_the_hub_gives_a_handle_for_every_country_whoever_is_sought(lima: Envoy, woman: Person) -> None:
    known, unknown = await lima.handles(woman), await lima.handles(_numbered(4003))
    assert known.keys() == unknown.keys() == {"VE", "CO", "EC", "CL"}
    assert {len(handle) for handle in (*known.values(), *unknown.values())} == {43}


@pytest.mark.parametrize("path", ["/fhir/Patient/p00000", "/fhir/Patient/nobody"])
def test_without_a_login_a_known_and_an_unknown_person_are_the_same(land: World, path: str) -> None:
    known, other = (land.request("GET", "VE", each, role="") for each in (path, "/fhir/Patient/x"))
    assert looks(known) == looks(other)
    assert known.status_code == 401
