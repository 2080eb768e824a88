"""When a signing key counts that takes over from another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from corridor.domain.country import country
from corridor.domain.directory import Federation, Member
from corridor.domain.manifest import changes
from corridor.domain.next_key import NextKey

SINCE = datetime(2026, 12, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
MOMENT = timedelta(seconds=1)
OLD, NEW = b"o" * 32, b"n" * 32
PERU = Member(country("PE"), "Peru", "https://pe.example", OLD, b"e" * 32, next_signing=NextKey(NEW, SINCE, UNTIL))
CHILE = Member(country("CL"), "Chile", "https://cl.example", b"c" * 32, b"e" * 32)
WHOLE = Federation(1, 0, 0, b"", "https://hub.example", b"h" * 32, (CHILE, PERU))


@pytest.mark.parametrize(
    ("now", "signs", "counts"),
    [
        (SINCE - MOMENT, OLD, {OLD, NEW}),
        (SINCE, NEW, {OLD, NEW}),
        (UNTIL - MOMENT, NEW, {OLD, NEW}),
        (UNTIL, NEW, {NEW}),
    ],
)
def test_each_key_counts_in_its_time(now: datetime, signs: bytes, counts: set[bytes]) -> None:
    member = WHOLE.standing(now).member(PERU.country)
    assert member is not None
    assert member.signing_key == signs
    assert {member.signing_keys[at : at + 32] for at in range(0, len(member.signing_keys), 32)} == counts
    assert WHOLE.standing(now).member(CHILE.country) == CHILE


def test_what_counts_changes_at_these_instants_and_at_no_other() -> None:
    assert WHOLE.ends() == (SINCE, UNTIL)


def test_whoever_signs_a_manifest_is_told_of_a_next_key() -> None:
    before = Federation(1, 0, 0, b"", "https://hub.example", b"h" * 32, (CHILE, PERU.at(UNTIL)))
    assert list(changes(before, WHOLE)) == ["PE has other keys or another address"]
