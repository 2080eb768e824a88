"""A clerical sample holds pairs of one's own register, tells no score, and is on record."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.apps.identity_audit import SHEETS, STRATA, VERDICT, estimated, write_sample
from corridor.domain.audit.fact import AuditKind
from corridor.domain.errors import ConflictError, InvalidError
from corridor.domain.identity.clerical import BOUNDS, CERTAIN
from corridor.flows.draw_sample import DrawDesk, Sample, draw_sample
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.resources import patient

TWICE, ALIKE = 6, 8


@pytest.fixture
async def lima(tmp_path: Path) -> FakeCountry:
    """Some people who stand twice in the register, and some with the same birth date."""
    country = FakeFederation(tmp_path, "PE", "VE")["PE"]
    for number in range(TWICE):
        for name in ("a", "b"):
            born = f"19{50 + number}-0{1 + number}-1{number}"
            who = patient(given=f"Yusneidi {'abcdef'[number]}nita", family="Urdaneta Barboza", birth=born)
            await country.write(f"{name}{number}", who)
    for number in range(ALIKE):
        await country.write(
            f"c{number}",
            patient(given=f"{'BCDFGLMP'[number]}ora", family=f"{'RSTVZJNQ'[number]}ivas", birth="1999-09-09"),
        )
    await country.write("d", patient(given="=cmd()", family="Urdaneta Barboza", birth="1950-01-10"))
    return country


async def drawn(country: FakeCountry, people: int = 100, each: int = 4) -> Sample:
    desk = DrawDesk(country.node.people, country.node.units, Random(1), country.serving.clock)  # noqa: S311  # the same sample in every run
    return await draw_sample(people, each, desk=desk, advance=lambda _: None)


async def test_a_pair_is_met_once_and_no_stratum_gives_more_than_was_asked_for(lima: FakeCountry) -> None:
    sample = await drawn(lima)
    ids = [frozenset((pair.one.patient_id, pair.other.patient_id)) for pair in sample.pairs]
    assert len({*ids}) == len(ids)
    assert all(len(each) == 2 for each in ids)
    assert sample.sizes[CERTAIN] >= TWICE
    assert sum(pair.stratum == CERTAIN for pair in sample.pairs) == 4
    assert all(sum(pair.stratum == place for pair in sample.pairs) <= 4 for place in range(len(BOUNDS)))


async def test_whose_records_were_shown_is_on_record(lima: FakeCountry) -> None:
    sample = await drawn(lima)
    fact = lima.facts[-1]
    assert (fact.kind, fact.reason, fact.resource) == (AuditKind.MATCH, "clerical-sample", "Patient")
    assert {*fact.patient_ids} == {each.patient_id for pair in sample.pairs for each in (pair.one, pair.other)}


async def test_sheets_tell_no_score_and_come_back_judged(lima: FakeCountry, tmp_path: Path) -> None:
    sample = await drawn(lima)
    write_sample(sample, tmp_path / "sample")
    for name in SHEETS:
        path = tmp_path / "sample" / name
        assert path.stat().st_mode & 0o077 == 0
        assert not any(word in path.read_text(encoding="utf-8") for word in ("stratum", "score", ",=cmd"))
        judge(path, same=CERTAIN, sample=sample)
    assert "Urdaneta" not in (tmp_path / "sample" / STRATA).read_text(encoding="utf-8")
    result = CliRunner().invoke(app, ["identity", "audit", "estimate", "--folder", str(tmp_path / "sample"), "--json"])
    figures = json.loads(result.stdout)
    assert [*figures] == ["precision", "precision_certain", "recall", "judged", "open", "agreement", "kappa"]
    assert figures["precision_certain"]["value"] == 1
    assert figures["precision_certain"]["low"] < 1
    assert (figures["judged"], figures["open"]) == (len(sample.pairs), 0)
    with pytest.raises(ConflictError):
        write_sample(sample, tmp_path / "sample")


def judge(path: Path, *, same: int, sample: Sample) -> None:
    """Fill a sheet: pairs of one stratum are one person, no others."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, pair in zip(rows, sample.pairs, strict=True):
        row[VERDICT] = " Same" if pair.stratum == same else "different"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


async def test_a_sheet_that_is_not_filled_is_refused(lima: FakeCountry, tmp_path: Path) -> None:
    write_sample(await drawn(lima), tmp_path)
    with pytest.raises(InvalidError, match="every pair needs a verdict"):
        estimated(tmp_path)
    (tmp_path / STRATA).write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidError, match="is not what was drawn"):
        estimated(tmp_path)
