"""What the rows of an import said outlives a kill, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor.apps.import_seen import SeenRows
from corridor.domain.errors import UnavailableError
from corridor.domain.record import Draft
from corridor.fhir.mapped_rows import Earlier

FIRST, OTHER = Draft("Patient", "a", b"{", b"}"), Draft("Patient", "a", b"{", b',"active":true}')


def opened(path: Path | None, *, resume: bool) -> SeenRows:
    rows = SeenRows(path)
    rows.open(resume=resume)
    return rows


def test_what_was_settled_is_known_to_whoever_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "report.csv.seen"
    before = opened(path, resume=False)
    before.keep([FIRST], place="Row 2")
    before.settle()
    after = opened(path, resume=True)
    assert (after.earlier(OTHER), after.earlier(FIRST)) == (Earlier("Row 2", same=False), Earlier("Row 2", same=True))
    assert path.stat().st_mode & 0o777 == 0o600
    assert opened(path, resume=False).earlier(OTHER) is None


def test_the_first_row_stays_whatever_comes_after(tmp_path: Path) -> None:
    rows = opened(tmp_path / "seen", resume=False)
    for place, draft in (("Row 2", FIRST), ("Row 3", OTHER)):
        rows.keep([draft], place=place)
    assert rows.earlier(FIRST) == Earlier("Row 2", same=True)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    rows = opened(tmp_path / "seen", resume=False)
    rows.close()
    assert not [*tmp_path.iterdir()]
    assert opened(None, resume=False).earlier(OTHER) is None


def test_a_file_that_is_none_of_ours_is_said(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(UnavailableError, match="--restart"):
        opened(path, resume=True)
