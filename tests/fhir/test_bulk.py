"""What bulk requests ask for, and what they are answered with; the doors' tests hold the table of bad ones."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.asking import Asking
from corridor.domain.bulk import (
    BulkFile,
    BulkJob,
    ExportOrder,
    ImportInput,
    ImportOrder,
    JobKind,
    Progress,
    Section,
    Taken,
)
from corridor.domain.errors import CorridorError, InvalidError, Issue, UnsupportedError
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.fhir.bulk_manifest import deletion, manifest, refusal
from corridor.fhir.bulk_request import parameter_pairs, read_export, read_import
from corridor.fhir.group import members

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def job(order: Any, *, files: tuple[BulkFile, ...] = (), taken: tuple[Taken, ...] = ()) -> BulkJob:
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    kind = JobKind.EXPORT if isinstance(order, ExportOrder) else JobKind.IMPORT
    progress = Progress(files=files, taken=taken)
    return BulkJob("j", kind, asking, "https://pe.example/fhir/x", AT, order, progress=progress)


def test_an_order_is_read_from_an_address() -> None:
    pairs = [("_type", "Patient, Observation"), ("_type", "Patient"), ("_since", "2026-03-02T04:30:00-05:00")]
    assert read_export([*pairs, ("_outputFormat", "application/fhir+ndjson")]) == ExportOrder(
        types=("Patient", "Observation"), since=AT
    )


@pytest.mark.parametrize(
    "format_", ["application/fhir+ndjson", "application/ndjson", "ndjson", "application/fhir ndjson"]
)
def test_every_name_of_ndjson_is_understood(format_: str) -> None:
    assert read_export([("_outputFormat", format_)]) == ExportOrder()


def test_an_order_is_read_from_parameters() -> None:
    parameters = [
        {"name": "_since", "valueInstant": "2026-03-02T09:30:00Z"},
        {"name": "patient", "valueReference": {"reference": "Patient/a"}},
        {"name": "patient", "valueReference": {"reference": "Patient/a"}},
    ]
    pairs = parameter_pairs(orjson.dumps({"resourceType": "Parameters", "parameter": parameters}))
    assert read_export(pairs, group="g", compartments=True, posted=True) == ExportOrder(
        group="g", compartments=True, patients=("a",), since=AT
    )


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=30)), max_size=4))
def test_whatever_stands_in_an_address_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(CorridorError):
        read_export(pairs, compartments=True, posted=True)


NAMES = st.sampled_from(["name", "part", "valueUri", "resourceType", "parameter"])
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)
)


@given(JSON)
def test_whatever_stands_in_a_body_is_read_or_refused(content: Any) -> None:
    body = orjson.dumps({"resourceType": "Parameters", "parameter": content})
    for read in (parameter_pairs, read_import):
        with suppress(CorridorError):
            read(body)


def test_an_import_names_files_and_their_types() -> None:
    parameters = [
        {"name": "inputFormat", "valueString": "ndjson"},
        {"name": "inputSource", "valueUri": "file:all"},
        {"name": "input", "part": [{"name": "url", "valueUrl": "file:a"}, {"name": "type", "valueString": "Patient"}]},
    ]
    found = read_import(orjson.dumps({"resourceType": "Parameters", "parameter": parameters}))
    assert (found.inputs, found.source) == ((ImportInput("Patient", "file:a", ""),), "file:all")


def test_a_manifest_lists_files_by_section() -> None:
    files = (
        BulkFile(Section.OUTPUT, "Patient", "Patient.ndjson", 2),
        BulkFile(Section.DELETED, "Patient", "deleted-Patient.ndjson", 1),
        BulkFile(Section.ERROR, "OperationOutcome", "error-OperationOutcome.ndjson", 3),
    )
    found = orjson.loads(manifest(job(ExportOrder(), files=files), "https://pe.example/files"))
    assert found == {
        "transactionTime": "2026-03-02T09:30:00.000000Z",
        "request": "https://pe.example/fhir/x",
        "requiresAccessToken": True,
        "output": [{"type": "Patient", "url": "https://pe.example/files/Patient.ndjson", "count": 2}],
        "deleted": [{"type": "Bundle", "url": "https://pe.example/files/deleted-Patient.ndjson", "count": 1}],
        "error": [
            {
                "type": "OperationOutcome",
                "url": "https://pe.example/files/error-OperationOutcome.ndjson",
                "count": 3,
            }
        ],
    }


def test_a_manifest_of_an_import_says_what_became_of_each_input() -> None:
    order = ImportOrder((ImportInput("Patient", "file:a", "/a"), ImportInput("", "", "/b")))
    found = orjson.loads(manifest(job(order, taken=(Taken(1, 2, 3), Taken(4))), "https://pe.example/files"))
    assert found["output"] == [
        {"type": "Patient", "inputUrl": "file:a", "count": 3, "written": 1, "unchanged": 2, "refused": 3},
        {"count": 4, "written": 4, "unchanged": 0, "refused": 0},
    ]


def test_a_deletion_is_a_bundle() -> None:
    Bundle.model_validate_json(deletion("Patient", "a"))


def test_a_refused_line_is_an_outcome_that_names_it() -> None:
    error = InvalidError("one", issues=(Issue("value", "one", "Patient.id"), Issue("required", "two", "Patient.name")))
    line = refusal(error, file="a.ndjson", line=7)
    OperationOutcome.model_validate_json(line)
    found = [(each["code"], each["diagnostics"], each["expression"]) for each in orjson.loads(line)["issue"]]
    assert found == [
        ("value", "a.ndjson, line 7: one", ["Patient.id"]),
        ("required", "a.ndjson, line 7: two", ["Patient.name"]),
    ]


def test_members_are_patients_who_are_in_the_group_now() -> None:
    named = [
        {"entity": {"reference": "Patient/a"}},
        {"entity": {"reference": "Patient/a"}},
        {"entity": {"reference": "Patient/b"}, "inactive": True},
        {"entity": {"reference": "Practitioner/c"}},
        {"entity": {"display": "somebody"}},
    ]
    assert members(orjson.dumps({"resourceType": "Group", "member": named})) == ("a",)


@pytest.mark.parametrize("name", ["includeAssociatedData", "organizeOutputBy"])
def test_what_the_guide_knows_and_this_base_does_not_is_named(name: str) -> None:
    with pytest.raises(UnsupportedError, match=name):
        read_export([(name, "x")])
