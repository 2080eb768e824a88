"""The Bundle of a whole history."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from fhir.resources.R4B.bundle import Bundle

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.history import Answer, Entry, History, Silence, SilenceReason
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.fhir.history import bundle
from corridor.fhir.validate import validate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
VE, CO, EC, CL, BR = (Country(code) for code in ("VE", "CO", "EC", "CL", "BR"))
PATIENT = Entry("Patient", "a" * 32, b'{"resourceType":"Patient", "id":"%b"}' % (b"a" * 32))
SOURCES = {VE: "https://ve.example/exchange", CO: "https://co.example/exchange"}


def history() -> History:
    return History(
        patient_id="p",
        purpose=Purpose.TREAT,
        trace=new_trace(),
        at=NOON,
        answers=(Answer(CO, (), None, NOON), Answer(VE, (PATIENT,), Grade.PROBABLE, NOON)),
        silences=(
            Silence(BR, SilenceReason.NOT_ASKED, NOON),
            Silence(CL, SilenceReason.GARBLED, NOON),
            Silence(EC, SilenceReason.TIMEOUT, NOON),
        ),
    )


def test_the_bundle_is_valid_and_holds_what_came_byte_for_byte() -> None:
    body = bundle(history(), SOURCES)
    assert PATIENT.body in body
    Bundle.model_validate_json(body)
    made = orjson.loads(body)
    assert [row["resource"]["resourceType"] for row in made["entry"]] == ["Patient", "Provenance", "OperationOutcome"]
    assert made["entry"][0]["fullUrl"] == f"https://ve.example/exchange/Patient/{PATIENT.id}"
    for row in made["entry"][1:]:
        validate(row["resource"])


def test_the_provenance_names_country_resources_and_trace() -> None:
    told = history()
    provenance = orjson.loads(bundle(told, SOURCES))["entry"][1]["resource"]
    assert provenance["target"] == [{"reference": f"https://ve.example/exchange/Patient/{PATIENT.id}"}]
    assert provenance["agent"][0]["who"]["identifier"]["value"] == "VE"
    assert provenance["agent"][0]["type"]["coding"][0]["code"] == "custodian"
    assert provenance["entity"][0]["what"]["identifier"]["value"] == str(told.trace)


def test_every_silent_country_is_named_with_its_reason() -> None:
    issues = orjson.loads(bundle(history(), SOURCES))["entry"][-1]["resource"]["issue"]
    assert issues[0]["details"]["text"] == "2 of 5 countries answered."
    warned = {i["details"]["coding"][0]["code"]: i["code"] for i in issues if i["severity"] == "warning"}
    assert warned == {"BR": "incomplete", "CL": "incomplete", "EC": "timeout"}
    [graded] = [i for i in issues if "extension" in i]
    assert graded["extension"][0]["valueCode"] == "probable"


def test_a_country_with_nothing_to_say_is_counted_and_not_singled_out() -> None:
    assert b'"CO"' not in bundle(history(), SOURCES)
