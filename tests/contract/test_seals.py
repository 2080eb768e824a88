"""Contract of the seals: what they give back, what they tell, and what is left when a key is gone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import GoneError, InvalidError, UnavailableError
from corridor.domain.holds import span_fits
from corridor.domain.query import Prefix
from corridor.keys.files import KeyUse, create_key
from corridor.keys.master_file import FileMasterKey
from corridor.storage.node.blind_dates import beginnings, day_text, first_day
from corridor.storage.node.blind_words import BlindWords, reach
from corridor.storage.node.data_keys import DataKeys
from corridor.storage.node.held import HELD
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.seals import CLEAR
from tests.sealing import ring_in

BODY = b'{"resourceType":"Patient"}' * 40
WORDS = BlindWords(bytes(32))
LIMA = timedelta(hours=5)


async def test_what_is_sealed_opens_byte_for_byte_and_reads_as_nothing(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare(["ana", "eva"])
    for person in ("ana", "eva", None):
        sealed = ring.seal(BODY, person)
        assert ring.open(sealed) == BODY
        assert b"Patient" not in sealed
    assert ring.seal(BODY, "ana") != ring.seal(BODY, "ana")


async def test_another_process_with_the_same_files_opens_it(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare(["ana"])
    sealed, closed = ring.seal(BODY, "ana"), ring.close_text("Quispe", "ana")
    other = ring_in(tmp_path)
    assert (other.open(sealed), other.open_text(closed)) == (BODY, "Quispe")
    assert other.blind("12345678") == ring.blind("12345678")


async def test_an_altered_row_is_unavailable_and_never_something_else(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare(["ana", "eva"])
    sealed = ring.seal(BODY, "ana")
    for at in (9, 21, len(sealed) - 1):
        with pytest.raises(UnavailableError):
            ring.open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
    with pytest.raises(UnavailableError):
        ring.open(ring.seal(BODY, "eva")[:8] + sealed[8:])
    with pytest.raises(UnavailableError):
        ring.open(sealed[:12])


async def test_a_destroyed_key_takes_everything_with_it(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare(["ana", "eva"])
    sealed, others = ring.seal(BODY, "ana"), ring.seal(BODY, "eva")
    number = ring.keys.unname(ring.name_of("ana"))
    assert number is not None
    ring.forget(number)
    assert ring.open(sealed) == BODY
    wrapped = ring.keys.of_number(number)
    assert wrapped is not None
    ring.keys.destroy(number)
    ring.forget(number)
    with pytest.raises(GoneError):
        ring.open(sealed)
    assert ring.open(others) == BODY
    assert wrapped.wrapped not in _bytes_in(tmp_path)


def _bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_who_comes_back_after_being_erased_gets_another_key(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare(["ana"])
    before = ring.seal(BODY, "ana")
    number = ring.keys.unname(ring.name_of("ana"))
    assert number is not None
    ring.keys.destroy(number)
    ring.forget(number)
    await ring.prepare(["ana"])
    assert ring.seal(BODY, "ana")[:8] != before[:8]


async def test_keys_in_memory_are_bounded(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    people = [f"p{number}" for number in range(HELD + 50)]
    await ring.prepare(people)
    first = ring.seal(BODY, "p0")
    for each in people:
        ring.seal(b"x", each)
    assert len(ring._ciphers) <= HELD  # nothing else tells what is in memory
    assert ring.open(first) == BODY


async def test_rewrapping_goes_on_after_a_stop_and_changes_nothing_that_is_sealed(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare([f"p{number}" for number in range(1200)])
    sealed, blind = ring.seal(BODY, "p7"), ring.blind("12345678")
    ring.keys.close()
    create_key(tmp_path / "next.key", KeyUse.MASTER)
    old, following = FileMasterKey(tmp_path / "master.key"), FileMasterKey(tmp_path / "next.key")
    half = KeyRing(DataKeys(tmp_path / "data-keys.db"), old, next_master=following)
    with pytest.raises(InterruptedError):
        half.rewrap(_stop)
    half.keys.close()
    again = KeyRing(DataKeys(tmp_path / "data-keys.db"), old, next_master=following)
    seen: list[int] = []
    assert again.rewrap(seen.append) == sum(seen) == 1202 - 500
    assert again.rewrap(seen.append) == 1202
    again.keys.close()
    other = KeyRing(DataKeys(tmp_path / "data-keys.db"), following)
    assert (other.open(sealed), other.blind("12345678")) == (BODY, blind)
    with pytest.raises(InvalidError):
        KeyRing(DataKeys(tmp_path / "data-keys.db"), old)


async def test_a_node_that_runs_goes_on_while_its_keys_are_wrapped_anew(tmp_path: Path) -> None:
    running, other = ring_in(tmp_path), ring_in(tmp_path)
    await running.prepare(["ana"])
    sealed = running.seal(BODY, "ana")
    other.rewrap(lambda _count: None)
    await running.prepare(["ana", "eva"])
    assert running.open(sealed) == BODY
    assert other.open(running.seal(BODY, "eva")) == BODY


def _stop(_count: int) -> None:
    raise InterruptedError


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    ring_in(tmp_path).keys.close()
    create_key(tmp_path / "other.key", KeyUse.MASTER)
    with pytest.raises(InvalidError):
        KeyRing(DataKeys(tmp_path / "data-keys.db"), FileMasterKey(tmp_path / "other.key"))


def test_what_is_no_master_key_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "short.key", KeyUse.MASTER, b"short")
    with pytest.raises(InvalidError):
        FileMasterKey(tmp_path / "short.key")
    with pytest.raises(UnavailableError):
        DataKeys(tmp_path / "no" / "folder.db")


def test_the_files_hold_no_name_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    path = tmp_path / "data-keys.db"
    assert path.stat().st_mode & 0o077 == 0
    assert ring.name_of("ana") != b"ana"


@given(st.text(max_size=90), st.text(max_size=90))
def test_blind_texts_begin_alike_where_the_texts_do_and_nowhere_else(one: str, other: str) -> None:
    bytes_of = [each.encode("utf-8", "surrogatepass") for each in (one, other)]
    blind_one, blind_other = WORDS.blind(one), WORDS.blind(other)
    assert blind_one.startswith(reach(blind_other)) is bytes_of[0].startswith(bytes_of[1][:64])
    assert (blind_one == blind_other) is (one == other)


def test_a_blind_text_depends_on_its_key() -> None:
    assert WORDS.blind("quispe") != BlindWords(bytes([1]) * 32).blind("quispe")
    assert WORDS.blind("quispe") not in {"quispe", b"quispe".hex()}


@pytest.mark.parametrize("text", ["", "Quispe", "Ñandú 漢", "x" * 600])
def test_closed_texts_are_read_back_and_found_by_their_tag(tmp_path: Path, text: str) -> None:
    ring = ring_in(tmp_path)
    closed = ring.close_shared(text)
    assert ring.open_text(closed) == text
    assert closed.startswith(ring.tag(text))
    assert closed == ring.close_shared(text)
    assert len(text) < 3 or text not in closed


def test_without_seals_everything_stays_as_it_is() -> None:
    assert CLEAR.open(CLEAR.seal(BODY, "ana")) == BODY
    same = (CLEAR.blind, CLEAR.blind_beginning, CLEAR.tag, CLEAR.close_shared, CLEAR.open_text)
    assert {each("Quispe") for each in same} == {CLEAR.close_text("Quispe", None)} == {"Quispe"}


DAYS = st.dates(date(1905, 1, 1), date(2030, 12, 31)).map(
    lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC)
)
DEPTHS = st.sampled_from(["day", "month", "year"])


def _midnight(day: datetime) -> datetime:
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + LIMA


def _known(day: datetime, depth: str) -> tuple[datetime, datetime]:
    """A day, a month or a year, as it is read in Lima."""
    if depth == "day":
        return _midnight(day), _midnight(day) + timedelta(days=1)
    start = day.replace(day=1) if depth == "month" else day.replace(day=1, month=1)
    following = start + timedelta(days=32 if depth == "month" else 370)
    end = following.replace(day=1) if depth == "month" else following.replace(day=1, month=1)
    return _midnight(start), _midnight(end)


@given(DAYS, DEPTHS, DAYS, DEPTHS, st.sampled_from(Prefix))
def test_birth_dates_are_found_by_their_beginnings_exactly(
    stored: datetime, stored_depth: str, asked: datetime, asked_depth: str, prefix: Prefix
) -> None:
    kept, wanted = _known(stored, stored_depth), _known(asked, asked_depth)
    found = any(day_text(*kept).startswith(each) for each in beginnings(prefix, *wanted))
    assert found is span_fits(prefix, kept, wanted)


def test_any_span_of_birth_dates_takes_few_beginnings() -> None:
    for prefix in Prefix:
        assert len(beginnings(prefix, *_known(datetime(1988, 5, 14, tzinfo=UTC), "day"))) < 120


@pytest.mark.parametrize(
    ("text", "day"), [("1987$", "1987-01-01"), ("1987-03$", "1987-03-01"), ("1987-03-12", "1987-03-12")]
)
def test_dates_are_put_in_order_by_the_day_on_which_they_begin(text: str, day: str) -> None:
    assert first_day(text) == day


def test_a_date_does_not_start_after_an_instant_on_its_first_morning() -> None:
    midnight = datetime(2024, 1, 3, tzinfo=UTC)
    found = beginnings(Prefix.SA, midnight, midnight + timedelta(microseconds=1))
    assert not any("2024-01-03".startswith(each) for each in found)
    assert any("2024-01-04".startswith(each) for each in found)
