"""When a signing key counts that takes over from another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from corridor.domain.country import country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.manifest import HEARD, changes, check_heard, check_whole
from corridor.domain.next_key import NextKey, settled

SINCE = datetime(2026, 12, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
MOMENT = timedelta(seconds=1)
OLD, NEW = b"o" * 32, b"n" * 32
PERU = Member(country("PE"), "Peru", "https://pe.example", OLD, b"e" * 32, next_signing=NextKey(NEW, SINCE, UNTIL))
CHILE = Member(country("CL"), "Chile", "https://cl.example", b"c" * 32, b"e" * 32)
WHOLE = Federation(1, 0, 0, b"", "https://hub.example", b"h" * 32, (CHILE, PERU))
BEFORE = Federation(1, 0, 0, b"", "https://hub.example", OLD, (CHILE,))
TURNING = replace(BEFORE, hub_next=NextKey(NEW, SINCE, UNTIL))

TIMES = pytest.mark.parametrize(
    ("now", "signs", "counts"),
    [
        (SINCE - MOMENT, OLD, {OLD, NEW}),
        (SINCE, NEW, {OLD, NEW}),
        (UNTIL - MOMENT, NEW, {OLD, NEW}),
        (UNTIL, NEW, {NEW}),
    ],
)


def apart(keys: bytes) -> set[bytes]:
    """Keys that stand one after the other."""
    return {keys[at : at + 32] for at in range(0, len(keys), 32)}


@TIMES
def test_each_key_counts_in_its_time(now: datetime, signs: bytes, counts: set[bytes]) -> None:
    member = WHOLE.standing(now).member(PERU.country)
    assert member is not None
    assert member.signing_key == signs
    assert apart(member.signing_keys) == counts
    assert WHOLE.standing(now).member(CHILE.country) == CHILE


@TIMES
def test_each_key_of_the_hub_counts_in_its_time(now: datetime, signs: bytes, counts: set[bytes]) -> None:
    standing = TURNING.standing(now)
    assert (standing.hub_key, apart(standing.hub_keys)) == (signs, counts)
    assert standing.members == (CHILE,)
    assert settled(TURNING.hub_key, TURNING.hub_next, now) == ((NEW, None) if now == UNTIL else (OLD, TURNING.hub_next))


def test_what_counts_changes_at_these_instants_and_at_no_other() -> None:
    assert WHOLE.ends() == TURNING.ends() == (SINCE, UNTIL)
    assert BEFORE.ends() == ()


@pytest.mark.parametrize("wrong", [NextKey(OLD, SINCE, UNTIL), NextKey(NEW, SINCE, SINCE - MOMENT)])
def test_a_key_that_follows_itself_or_ends_before_it_begins_is_no_next_key(wrong: NextKey) -> None:
    for whole in (WHOLE, TURNING, replace(TURNING, hub_next=NextKey(NEW, SINCE, SINCE))):
        check_whole(whole)
    for whole in (replace(WHOLE, members=(replace(PERU, next_signing=wrong),)), replace(BEFORE, hub_next=wrong)):
        with pytest.raises(InvalidError):
            check_whole(whole)


def test_a_hub_that_nodes_would_not_know_in_time_is_not_published() -> None:
    done = replace(BEFORE, hub_key=NEW)
    for old, new, now in (
        (BEFORE, BEFORE, SINCE),
        (BEFORE, TURNING, SINCE - HEARD - MOMENT),
        (TURNING, TURNING, SINCE),
        (TURNING, done, SINCE),
        (TURNING, done, UNTIL),
    ):
        check_heard(old, new, now)
    for old, new, now in (
        (BEFORE, TURNING, SINCE - HEARD),
        (BEFORE, TURNING, SINCE),
        (BEFORE, done, SINCE),
        (TURNING, BEFORE, UNTIL),
    ):
        with pytest.raises(ForbiddenError):
            check_heard(old, new, now)


def test_whoever_signs_a_manifest_is_told_of_a_next_key() -> None:
    before = Federation(1, 0, 0, b"", "https://hub.example", b"h" * 32, (CHILE, PERU.at(UNTIL)))
    assert list(changes(before, WHOLE)) == ["PE has other keys or another address"]


def test_the_hub_is_another_one_only_where_nobody_announced_its_key() -> None:
    done = replace(BEFORE, hub_key=NEW)
    key_alone = ["the hub has another signing key, now or at an hour that is named"]
    assert list(changes(BEFORE, TURNING)) == list(changes(TURNING, done)) == key_alone
    assert list(changes(BEFORE, done)) == ["another hub"]
    assert list(changes(BEFORE, replace(BEFORE, hub_url="https://other.example"))) == ["another hub"]
