"""Scopes of SMART: read in both versions, and never more than both sides hold."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.scope import EVERY_TYPE, LETTERS, Scope, common, scopes, written

TYPES = ("Patient", "Observation", "Condition", EVERY_TYPE)
SETS = [frozenset(each) for each in chain.from_iterable(combinations(LETTERS, size) for size in range(1, 6))]
LISTS = st.lists(st.builds(Scope, st.sampled_from(TYPES), st.sampled_from(SETS)), max_size=5).map(tuple)


def allowed(held: tuple[Scope, ...]) -> set[tuple[str, str]]:
    """Every letter with every type that a list lets through."""
    return {(kind, letter) for kind in TYPES for letter in LETTERS if any(each.covers(letter, kind) for each in held)}


@given(LISTS)
def test_what_is_written_is_read_again(held: tuple[Scope, ...]) -> None:
    assert scopes(written(held)) == held


@given(LISTS, LISTS)
def test_what_is_shared_is_in_both_and_nothing_else(asked: tuple[Scope, ...], registered: tuple[Scope, ...]) -> None:
    assert allowed(common(asked, registered)) == allowed(asked) & allowed(registered)


@given(st.text())
def test_any_text_is_a_list_of_scopes_even_an_empty_one(text: str) -> None:
    assert scopes(written(scopes(text))) == scopes(text)


def test_the_first_version_means_what_the_second_says() -> None:
    assert written(scopes("system/Patient.read system/*.write system/Group.*")) == (
        "system/Patient.rs system/*.cud system/Group.cruds"
    )


def test_other_contexts_orders_and_narrowed_scopes_are_left_out() -> None:
    assert (
        scopes("patient/Patient.rs user/*.cruds system/Patient.sr system/Patient. system/Patient.rs?x=y openid") == ()
    )
