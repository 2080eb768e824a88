"""That the measurement of a country's base loads, asks, serves and writes what it says, on the smallest size."""

from __future__ import annotations

from itertools import islice

import orjson

from bench.run import run
from bench.scale.clones import clones, place_drafts
from bench.scale.hapi_shape import HapiRows
from bench.scale.loading import _at
from bench.scale.sizes import label, steps_to, with_hapi
from bench.scale.taking_in import Content
from bench.size import TINY
from corridor.domain.record import ReferenceFact, TokenFact
from corridor.fhir.stamp import stamp
from corridor.fhir.validate import validate


def test_every_goal_of_a_large_base_is_held_against_a_figure() -> None:
    figures = run(["scale"], size=TINY).figures
    assert {figure.bench for figure in figures} == {"scale"}
    assert len({figure.name for figure in figures}) == len(figures)
    assert len([figure for figure in figures if figure.goal]) >= 19


def test_clones_are_patients_of_their_own_with_their_own_papers() -> None:
    records = [*islice(clones(), 600)]
    names = [f"{each.resource_type}/{each.id}" for record in records for each in record]
    assert len({*names}) == len(names)
    numbers = [
        fact.code
        for record in records
        for fact in record[0].facts
        if type(fact) is TokenFact and fact.parameter == "identifier"
    ]
    assert len({*numbers}) == len(numbers)


def test_a_clone_says_the_same_in_its_bytes_as_in_its_facts() -> None:
    for record in islice(clones(), 40):
        patient = record[0]
        own = {f"{each.resource_type}/{each.id}" for each in (*record, *place_drafts())}
        for each in record:
            resource = orjson.loads(stamp(each.head, each.tail, version=1, at=_at(1)))
            validate(resource)
            assert (resource["id"], each.patient_id) == (each.id, patient.id)
            assert {*each.references} <= own
            referred = {f"{fact.target_type}/{fact.target_id}" for fact in each.facts if type(fact) is ReferenceFact}
            assert referred <= own
            slots = each.projection.template.split(b"\0")[1::2] if each.projection else []
            assert {slot.decode() for slot in slots} <= own


def test_rows_of_hapis_layout_point_at_resources_that_are_there() -> None:
    rows = HapiRows()
    for each in (*place_drafts(), *next(clones())):
        rows.of(each, _at(1))
    known = {*rows.numbers.values()}
    made = [rows.of(each, _at(1)) for each in next(clones())]
    links = [row for each in made for row in each["hfj_res_link"]]
    assert links
    assert {row[5] for row in links} <= known


def test_each_round_brings_bundles_of_other_people() -> None:
    content = Content(2)
    first, second = content.fresh(), content.fresh()
    assert {*first}.isdisjoint(second)
    assert [len(orjson.loads(each)["entry"]) for each in second] == [50, 50]


def test_growth_is_looked_at_in_steps_of_ten() -> None:
    assert steps_to(2_500_000) == [25_000, 250_000, 2_500_000]
    assert steps_to(600) == [60, 600]
    assert [with_hapi(each) for each in (600, 2_500_000, 10_000_000)] == [600, 2_500_000, 2_500_000]
    assert [label(each) for each in (600, 25_000, 2_500_000)] == ["600", "25 k", "2.5 M"]
