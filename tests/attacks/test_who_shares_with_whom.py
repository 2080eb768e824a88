"""The hub draws who shares tokens with whom and holds that against a list of everybody in the country, for nothing."""

from __future__ import annotations

import pytest

from bench.identity.graph import recognised

POPULATION, SHARE = 12_000, 0.1
"""A tenth of a country is far more than is registered anywhere."""

MOST = 0.001


@pytest.mark.parametrize("seed", [11, 20])
def test_next_to_nobody_is_recognised_by_whom_they_share_tokens_with(seed: int) -> None:
    right, _, registered = recognised(seed, people=POPULATION, share=SHARE)
    assert registered > 1_000
    assert right <= MOST * registered


def test_the_attack_works_for_whoever_has_a_list_of_exactly_those_who_are_registered() -> None:
    """Who has that list knows already what is to be kept from them; here it shows that the attack is one."""
    right, guessed, registered = recognised(13, people=6_000, share=1, rates=None)
    assert right > 0.01 * registered
    assert right > 0.9 * guessed
