"""What the countries of the demo can give is readable, and never passes for a statement of theirs."""

from datetime import date
from pathlib import Path

import pytest

from corridor.apps.clinical_files import read_formulary
from corridor.domain.care.formulary import Availability, Statement
from corridor.domain.care.options import options
from demo.formularies import SEEDS, write_formulary

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize("country", sorted(SEEDS))
def test_a_list_of_the_demo_can_be_read_and_is_marked(country: str, tmp_path: Path) -> None:
    found = read_formulary(write_formulary(country, tmp_path, today=TODAY))
    assert found.country == country
    assert found.statement is (Statement.EVIDENCE if country == "VE" else Statement.DEMONSTRATION)
    assert not found.complete
    assert found.dated < TODAY < found.valid_until


def test_what_a_demo_list_does_not_name_stays_unknown(tmp_path: Path) -> None:
    found = read_formulary(write_formulary("PE", tmp_path, today=TODAY))
    assert options(("BIC", "FTC", "TAF"), found, today=TODAY).availability is Availability.UNKNOWN
