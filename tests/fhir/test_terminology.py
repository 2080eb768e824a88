"""The value sets, code systems and concept maps that ship with the node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.lexicon import ATC_SYSTEM, LOINC_SYSTEM, lexicon
from corridor.domain.category import SYSTEM as CATEGORIES
from corridor.domain.category import Category
from corridor.domain.errors import NotFoundError, UnsupportedError
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.fhir.code_systems import Concept, code_systems, table
from corridor.fhir.concept_maps import Wanted, translate
from corridor.fhir.published import ids
from corridor.fhir.schema import bindings
from corridor.fhir.terminology import (
    ancestors,
    code_system,
    codes_of,
    descendants,
    expand,
    look_up,
    validate_code,
    validate_in_system,
)
from corridor.fhir.value_sets import composed

OURS = "https://corridor.example/fhir/ValueSet/"
CORE = "http://hl7.org/fhir/ValueSet/"
WHO = "http://smart.who.int/hiv/CodeSystem/HIVConcepts"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
DRUGS = f"{OURS}antiretroviral-drugs"
TLD = Concept(ATC_SYSTEM, "J05AR27")


@pytest.mark.parametrize("url", [*(OURS + each for each in ids("ValueSet")), *table()["sets"]])
def test_every_value_set_can_be_listed_and_is_not_empty(url: str) -> None:
    assert expand(url).total == len(codes_of(url)) > 0


def test_what_the_lexicon_reads_as_hiv_treatment_is_in_the_value_sets() -> None:
    listed = {code for system, code in codes_of(f"{OURS}antiretroviral-medication") if system == ATC_SYSTEM}
    families = {name: drug.family for name, drug in lexicon().drugs.items()}
    known = {
        code
        for (system, code), drugs in lexicon().codes.items()
        if system == ATC_SYSTEM and {families[name] for name in drugs} == {"hiv"}
    }
    assert known <= listed


@pytest.mark.parametrize(
    ("group", "name"),
    [("hiv-viral-load", "viral-load"), ("cd4", "cd4"), ("hiv-genotype", "resistance"), ("creatinine", "creatinine")],
)
def test_what_the_lexicon_reads_as_a_test_is_in_its_value_set(group: str, name: str) -> None:
    codes = {(LOINC_SYSTEM, code) for code, each in lexicon().groups.items() if each == group}
    assert codes <= codes_of(f"{OURS}{name}-tests")


def test_categories_and_purposes_are_those_of_the_domain() -> None:
    assert set(code_system(CATEGORIES).displays) == set(Category)
    assert {code for _, code in codes_of(f"{OURS}permitted-purposes")} == set(Purpose)
    assert {code for _, code in codes_of(f"{OURS}forbidden-purposes")} == FORBIDDEN


def test_the_required_bindings_of_the_validator_are_listed_alike() -> None:
    both = {name: f"{CORE}{name}" for name in bindings() if f"{CORE}{name}" in table()["sets"]}
    assert len(both) > 40
    for name, url in both.items():
        expected = {(system, code) for system, codes in bindings()[name].items() for code in codes}
        assert codes_of(url) == expected, name


def test_a_filter_finds_words_without_accents_in_any_order() -> None:
    found = expand(f"{OURS}antiretroviral-medication", filter="DOLUTE lámi")
    assert [each.code for each in found.concepts] == ["J05AR13", "J05AR25", "J05AR27"]
    assert expand(DRUGS, filter="quinine").total == 0


@given(offset=st.integers(0, 60), count=st.integers(0, 60))
def test_pages_of_an_expansion_are_parts_of_the_whole(offset: int, count: int) -> None:
    whole, page = expand(DRUGS), expand(DRUGS, offset=offset, count=count)
    assert page.concepts == whole.concepts[offset : offset + count]
    assert page.total == whole.total


def test_an_atc_code_stands_below_every_code_that_it_begins_with() -> None:
    assert ancestors(ATC_SYSTEM, "J05AR27") == {"J", "J05", "J05A", "J05AR"}
    assert "J05AR27" in descendants(ATC_SYSTEM, "J05AR")
    assert "J05AJ03" not in descendants(ATC_SYSTEM, "J05AR")
    assert "J05AR" not in descendants(ATC_SYSTEM, "J05AR")
    assert any(code.startswith("J04A") for code in descendants(ATC_SYSTEM, "J04"))


def test_a_system_with_several_parents_is_followed_to_all_of_them() -> None:
    assert descendants(REASON, "ETREAT") == {"BTG", "ERTREAT"}
    assert {"ETREAT", "TREAT", "PurposeOfUse"} <= ancestors(REASON, "BTG")


@pytest.mark.parametrize("system", sorted(code_systems()))
def test_up_and_down_a_hierarchy_are_the_same_way(system: str) -> None:
    known = code_systems()[system]
    for code in [*known.displays][:60]:
        assert code not in known.descendants(code)
        assert all(code in known.ancestors(below) for below in known.descendants(code))


def test_a_code_is_in_a_set_by_its_system_and_not_by_its_letters() -> None:
    url = f"{OURS}antiretroviral-combinations"
    assert validate_code(url, [TLD]).holds
    assert not validate_code(url, [Concept("urn:other", "J05AR27")]).holds
    assert not validate_code(url, []).holds


def test_a_wrong_display_is_told_with_the_right_one() -> None:
    verdict = validate_code(DRUGS, [Concept(ATC_SYSTEM, "J05AJ03", "raltegravir")])
    assert not verdict.holds
    assert "dolutegravir" in verdict.message
    assert validate_code(DRUGS, [Concept(ATC_SYSTEM, "J05AJ03", "Dolutegravir")]).holds


def test_a_code_of_a_system_known_in_part_is_not_called_wrong() -> None:
    assert "only part" in validate_in_system(LOINC_SYSTEM, [Concept("", "1-8")]).message
    assert "only part" not in validate_in_system(REASON, [Concept("", "XX")]).message
    assert validate_in_system(REASON, [Concept("", "TREAT")]).holds
    with pytest.raises(NotFoundError):
        look_up(LOINC_SYSTEM, "1-8")


def test_a_code_is_looked_up_with_its_system() -> None:
    system, concept = look_up(CATEGORIES, "viral-load")
    assert (system.name, concept.display) == ("Categories of consent", "Viral load")


@pytest.mark.parametrize("version", ["", "|4.0.1"])
def test_a_version_is_taken_where_it_is_the_one_here(version: str) -> None:
    assert codes_of(f"{CORE}observation-status{version}")


@pytest.mark.parametrize("url", ["", "urn:none", f"{CORE}observation-status|3.0.2", f"{OURS}none", f"{OURS}"])
def test_an_unknown_value_set_is_not_found(url: str) -> None:
    with pytest.raises(NotFoundError):
        codes_of(url)


def test_a_system_that_is_not_known_or_known_in_part_cannot_be_listed() -> None:
    with pytest.raises(NotFoundError):
        composed({"include": [{"system": "urn:none"}]})
    with pytest.raises(UnsupportedError):
        composed({"include": [{"system": LOINC_SYSTEM}]})
    with pytest.raises(NotFoundError):
        ancestors("urn:none", "x")


def test_what_is_excluded_is_gone_and_several_sets_in_one_include_are_what_they_share() -> None:
    both = {"include": [{"valueSet": [DRUGS, f"{OURS}antiretroviral-medication"]}]}
    assert set(composed(both)) == codes_of(DRUGS)
    fewer = composed(both | {"exclude": [{"system": ATC_SYSTEM, "concept": [{"code": "J05AJ03"}]}]})
    assert set(composed(both)) - set(fewer) == {(ATC_SYSTEM, "J05AJ03")}


def test_a_combination_is_translated_to_the_regimen_of_who_and_back() -> None:
    (found,) = translate(Wanted((TLD,), target_system=WHO))
    assert (found.target.code, found.equivalence) == ("HIV.D.DE109", "equivalent")
    back = translate(Wanted((found.target,), target_system=ATC_SYSTEM, map_url=found.map_url, reverse=True))
    assert [row.target.code for row in back] == ["J05AR27"]


def test_a_strength_that_the_target_leaves_open_is_told() -> None:
    (found,) = translate(Wanted((Concept(WHO, "HIV.D.DE111"),), target_set=f"{OURS}antiretroviral-combinations"))
    assert (found.target.code, found.equivalence) == ("J05AR11", "wider")


def test_every_target_of_a_map_has_the_substances_of_its_source() -> None:
    for each in ids("ConceptMap"):
        if each == "who-regimens-to-substances":
            continue
        url = f"https://corridor.example/fhir/ConceptMap/{each}"
        for system, code in lexicon().codes:
            for row in translate(Wanted((Concept(system, code),), map_url=url)):
                meant = lexicon().codes[row.target.system, row.target.code]
                same = set(meant) == set(lexicon().codes[system, code])
                assert same is (row.equivalence != "inexact"), row


def test_a_regimen_is_translated_to_substances_that_atc_has_and_together_they_are_all() -> None:
    url = "https://corridor.example/fhir/ConceptMap/who-regimens-to-substances"
    former = {"J05AE06", "J05AX08", "J05AX11", "J05AX12"}
    for code in (code for system, code in lexicon().codes if system == WHO):
        rows = translate(Wanted((Concept(WHO, code),), map_url=url))
        assert not former & {row.target.code for row in rows}
        named = {each for row in rows for each in lexicon().codes[ATC_SYSTEM, row.target.code]}
        assert not rows or named == set(lexicon().codes[WHO, code]), code


def test_an_unknown_map_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        translate(Wanted((TLD,), map_url="urn:none"))
