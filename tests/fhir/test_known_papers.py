"""Papers of a country that joined after this version was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from corridor.domain.country import Country
from corridor.domain.country_facts import CountryFacts, PaperRule
from corridor.fhir.identifiers import paper
from corridor.fhir.known_papers import label_of, learn_papers
from corridor.fhir.new_patient import NewPaper, NewPerson, patient
from tests.fakes.signed import SignedParties

CODES = "https://www.tribunal-electoral.gob.pa/fhir/CodeSystem/documentos"
COUNTED = {"type": {"coding": [{"system": CODES, "code": "1"}]}, "value": "8-765-4321"}
BY_SYSTEM = {"system": "urn:oid:2.16.591.1.7", "value": "8-765-4321"}


@pytest.fixture
def panama() -> Iterator[None]:
    """Panama takes part, and says which papers it issues."""
    rules = (
        PaperRule("national", "CIP", code_system="documentos", code="1"),
        PaperRule("national", "CIP", system="2.16.591.1.7"),
        PaperRule("permit", "CARNÉ MICI"),
    )
    member = replace(SignedParties().known.members[0], country=Country("PA"), facts=CountryFacts(papers=rules))
    learn_papers([member])
    yield
    learn_papers(())


@pytest.mark.usefixtures("panama")
def test_a_declared_paper_is_read_wherever_it_is_written() -> None:
    for identifier in (COUNTED, BY_SYSTEM):
        found = paper(identifier, home="PE")
        assert found
        assert (found.country, found.kind, found.number) == ("PA", "national", "8-765-4321")
    assert label_of("permit", "PA") == "CARNÉ MICI"


@pytest.mark.usefixtures("panama")
def test_a_paper_that_is_written_here_has_the_name_that_its_country_gives_it() -> None:
    person = NewPerson("Ana", "Quispe", "", "1990", "", (NewPaper("national", "PA", "8-765-4321"),))
    (identifier,) = patient(person)["identifier"]
    assert identifier["type"]["text"] == "CIP"
    found = paper(identifier)
    assert found
    assert found.country == "PA"


def test_before_it_joins_nobody_guesses() -> None:
    assert paper(COUNTED, home="PE") is None
    assert paper(BY_SYSTEM, home="PE") is None


@pytest.mark.parametrize(
    ("system", "issuer"),
    [
        ("https://www.minsa.gob.pa/cedula", "PA"),
        ("http://salud.gob.ec", "EC"),
        ("https://fhir.minsalud.gov.co/rda/x", "CO"),
        ("urn:oid:2.16.32.1", "AR"),
        ("urn.oid.2.16.604.5", "PE"),
        ("https://gob.pa.example/cedula", "BO"),
        ("https://example/gob.pa/x", "BO"),
        ("urn:oid:2.16.999.1", "BO"),
    ],
)
def test_a_governments_own_address_names_its_country_and_nothing_that_looks_like_one(system: str, issuer: str) -> None:
    kind = {"coding": [{"code": "NNxxx"}], "text": "CEDULA"}
    found = paper({"system": system, "type": kind, "value": "1"}, home="BO")
    assert found
    assert found.country == issuer
