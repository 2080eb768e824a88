"""A node starts with its country's files, or says which of them is wrong."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from corridor.apps.node_local import local_knowledge
from corridor.apps.settings import NodeSettings
from corridor.domain.errors import InvalidError
from demo.formularies import write_formulary

TODAY = date(2026, 6, 15)


def settings(*, formulary: str = "", rule_reviews: str = "") -> NodeSettings:
    """A node of Peru whose configuration names some files."""
    own = NodeSettings("PE", "n", "http://x", "sqlite:///n", "k", "f")
    return structs.replace(own, formulary=formulary, rule_reviews=rule_reviews)


def test_a_node_without_files_knows_nothing_of_its_country() -> None:
    found = local_knowledge(settings(), today=TODAY)
    assert (found.formulary, found.book) == (None, None)


def test_a_node_reads_what_its_country_can_give(tmp_path: Path) -> None:
    path = write_formulary("PE", tmp_path, today=TODAY)
    found = local_knowledge(settings(formulary=str(path)), today=TODAY)
    assert found.formulary is not None
    assert found.formulary.country == "PE"


def test_a_node_does_not_start_with_another_countrys_list_or_a_wrong_review(tmp_path: Path) -> None:
    path = write_formulary("CL", tmp_path, today=TODAY)
    with pytest.raises(InvalidError, match="list of CL"):
        local_knowledge(settings(formulary=str(path)), today=TODAY)
    with pytest.raises(InvalidError, match="is wrong"):
        local_knowledge(settings(rule_reviews=str(path)), today=TODAY)
