"""Whoever tries every name they can think of against the hub's register has nothing to try them with.

The attackers know the best that can be known: the very words with which everybody was registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from corridor.domain.errors import CorridorError
from corridor.domain.identity import oprf
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.group import hash_to_group, multiply_generator, scalar_sum
from corridor.domain.identity.known_key import direct_tokens, whole_key
from corridor.domain.identity.register import TOKEN_BYTES
from corridor.domain.identity.tokens import message_of
from corridor.domain.secret import Secret
from corridor.domain.wire import EvaluateWords, write_words
from corridor.fhir.patient import demographics
from corridor.keys.files import KeyUse, read_key, signing_key
from corridor.keys.signatures import Signatures
from corridor.storage.hub.persons import stored_token
from corridor.storage.hub.tables import token
from demo.bundles import resources
from demo.parties import HUB, NODES
from tests.attacks.envoy import Envoy, blinded, refused
from tests.attacks.keys_in_hand import shares
from tests.journeys.tables import rows
from tests.journeys.world import World

ONE = (1).to_bytes(32, "little")


@pytest.fixture
def dictionary(land: World) -> list[tuple[Feature, ...]]:
    """Everything by which the hub could know anybody, one entry for each registration."""
    return [features(who) for who in _registered(land)]


def _registered(land: World) -> Iterator[Demographics]:
    for person in land.people:
        for registration in person.registrations:
            who = demographics(next(resources(person, registration)), home=registration.country)
            if who:
                yield who


def found(land: World, dictionary: Sequence[Sequence[Feature]], keys: Sequence[bytes]) -> int:
    """How many of the dictionary somebody finds who has the hub's database, the hub's own key and these scalars."""
    own = read_key(land.doors[HUB].keys / "token.key", KeyUse.PSEUDONYM)
    stored = {row["value"] for row in rows(land.doors[HUB], token)}
    epoch = Envoy(land, "PE").known.epoch
    return sum(
        any(stored_token(own, epoch, each) in stored for key in keys for each in _tokens(entry, key))
        for entry in dictionary
    )


def _tokens(entry: Sequence[Feature], key: bytes) -> list[tuple[int, bytes]]:
    try:
        return [(each.kind, each.value) for each in direct_tokens(entry, Secret(key))]
    except CorridorError:
        return []  # a scalar that multiplies nothing


def test_three_holders_together_find_everybody(land: World, dictionary: list[tuple[Feature, ...]]) -> None:
    """What is looked for can be found: the attack works for whoever has the key."""
    whole = whole_key(shares(land, "VE", "PE", "CL"))
    assert found(land, dictionary, [whole.value]) == len(dictionary) > 20


def test_the_hub_finds_nobody_with_all_that_it_has(land: World, dictionary: list[tuple[Feature, ...]]) -> None:
    files = [file.read_bytes() for file in Path(land.doors[HUB].keys).iterdir() if file.is_file()]
    scalars = [file[at : at + 32] for file in files for at in range(0, max(1, len(file) - 31), 8)]
    scalars = [scalar for scalar in scalars if len(scalar) == len(ONE)]
    assert scalars
    assert found(land, dictionary, [ONE, *scalars]) == 0


def test_nobody_finds_anybody_with_what_is_published(land: World, dictionary: list[tuple[Feature, ...]]) -> None:
    known = Envoy(land, "PE").known.key
    published = [known.group_key, *(holder.share_key for holder in known.holders)]
    assert multiply_generator(whole_key(shares(land, "VE", "PE", "CL")).value) in published
    own = read_key(land.doors[HUB].keys / "token.key", KeyUse.PSEUDONYM)
    stored = {row["value"] for row in rows(land.doors[HUB], token)}
    tag = b"HashToGroup-" + oprf.context(oprf.Mode.VOPRF)
    for entry in dictionary[:10]:
        for feature in entry:
            message = message_of(feature)
            guesses = [hash_to_group(message, tag), *published]
            values = [oprf.output(message, guess)[:TOKEN_BYTES] for guess in guesses]
            assert not {stored_token(own, known.epoch, (feature.kind, value)) for value in values} & stored


def test_the_hub_is_evaluated_for_by_no_holder(land: World, lima: Envoy) -> None:
    lima.signatures = Signatures("hub", signing_key(land.doors[HUB].keys / "signing.key"))
    words = write_words(EvaluateWords(lima.known.epoch, (blinded(),)))
    for country in NODES:
        assert refused(lima.post(country, "/oprf/evaluate", words), 401)


@pytest.mark.parametrize("country", NODES)
def test_one_country_finds_nobody_with_its_share_and_the_hubs_database(
    land: World, dictionary: list[tuple[Feature, ...]], country: str
) -> None:
    (share,) = shares(land, country).values()
    assert found(land, dictionary, [share.value]) == 0


@pytest.mark.parametrize("pair", [*combinations(NODES, 2)], ids="-".join)
def test_two_countries_find_nobody_with_both_shares_and_the_hubs_database(
    land: World, dictionary: list[tuple[Feature, ...]], pair: tuple[str, str]
) -> None:
    both = shares(land, *pair)
    line = whole_key(both)  # the key, if two were enough
    assert found(land, dictionary[:20], [line.value, scalar_sum(each.value for each in both.values())]) == 0


def test_two_shares_fit_any_key_whatever(land: World) -> None:
    """They do not even narrow it down: for every key there is a third share that makes it."""
    two = shares(land, "VE", "PE")
    third = next(iter(shares(land, "CL")))
    keys = {whole_key({**two, third: Secret(number.to_bytes(32, "little"))}).value for number in range(1, 50)}
    assert len(keys) == 49
