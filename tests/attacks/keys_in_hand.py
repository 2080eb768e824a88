"""What somebody could do who had several countries' shares of the token key."""

from __future__ import annotations

from corridor.domain.identity.features import features
from corridor.domain.identity.known_key import direct_tokens, whole_key
from corridor.domain.secret import Secret
from corridor.fhir.patient import demographics
from corridor.keys.shares import FolderShares
from demo.values import Person
from tests.attacks.envoy import Envoy
from tests.journeys.world import World, patient_of


def shares(land: World, *countries: str) -> dict[int, Secret]:
    """What these countries can put together."""
    key = Envoy(land, "PE").known.key
    held = [FolderShares(land.doors[each].keys).of(key.epoch, key.generation) for each in countries]
    return {share.index: share.secret for share in held if share}


def tokens_of(land: World, person: Person) -> tuple[tuple[int, bytes], ...]:
    """The tokens of somebody as they are described where they are now, without asking anybody."""
    who = demographics(patient_of(person), home=person.here.country)
    assert who is not None
    whole = whole_key(shares(land, "VE", "PE", "CL"))
    return tuple((each.kind, each.value) for each in direct_tokens(features(who), whole))
