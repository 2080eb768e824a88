"""Search parameters that R4 does not have are published as we search by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fhir.resources.R4B.searchparameter import SearchParameter
from fhirpathpy import evaluate
from fhirpathpy.models import models

from corridor.domain.errors import NotFoundError
from corridor.fhir.search_parameter import own_parameters, search_parameter

PROFILES = Path(__file__).parents[2] / "profiles"


@pytest.mark.parametrize("name", own_parameters())
def test_the_published_parameter_is_the_one_that_nodes_search_by(name: str) -> None:
    raw = search_parameter(name)
    SearchParameter.model_validate_json(raw)
    assert (PROFILES / f"SearchParameter-{name}.json").read_bytes() == raw + b"\n"


def test_nothing_else_is_published() -> None:
    published = {path.stem.partition("-")[2] for path in PROFILES.glob("SearchParameter-*.json")}
    assert published == set(own_parameters())


def test_its_expression_finds_what_it_is_about() -> None:
    expression = own_parameters()["Condition-date"]["expression"]
    for given in ({"onsetDateTime": "2015"}, {"onsetPeriod": {"start": "2015"}}):
        assert len(evaluate({"resourceType": "Condition", **given}, expression, model=models["r4"])) == 1


def test_a_parameter_of_r4_is_not_one_of_ours() -> None:
    with pytest.raises(NotFoundError):
        search_parameter("Patient-name")
