"""The inputs and outputs of this base's operations, as FHIR Parameters and Bundles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from corridor.domain.errors import InvalidError
from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.presence import Attestation, attestation
from corridor.domain.record import Record
from corridor.domain.secret import Secret
from corridor.fhir.operation_input import check_new, from_parts
from corridor.fhir.parse import parse
from corridor.fhir.patient import demographics
from corridor.fhir.validate import validate

MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


@dataclass(frozen=True, slots=True)
class MatchInput:
    """What `$match` was given; `count` is 10 where the caller names none."""

    asked: Demographics
    only_certain: bool
    count: int


_NO_PASSWORD = Secret(b"")


@dataclass(frozen=True, slots=True)
class PullInput:
    """What `$pull-history` was given; the deadline is None where the caller names none.

    Attributes:
        attested: the clinician's word that the person is there, where it comes along.
        password: that confirms it.
    """

    purpose: str
    deadline_seconds: float | None
    attested: Attestation | None = None
    password: Secret = _NO_PASSWORD


def read_match(raw: bytes, *, home: str, beside: Iterable[tuple[str, str]] = ()) -> MatchInput:
    """The parameters of `$match`, or the Patient alone, as ITI-119 allows.

    Nothing of them is passed over: who asks for certain matches alone must not get others for a slip of the pen.

    Args:
        raw: the body.
        home: this node's country, for papers that name no issuer.
        beside: names and values of the address.

    Raises:
        InvalidError: not Parameters, no valid Patient in it, one without a usable name, or one parameter twice.
        MalformedError: not JSON.
        UnsupportedError: a parameter that the operation does not have.

    Source: https://hl7.org/fhir/R4/patient-operation-match.html; IHE PDQm ITI-119.
    """
    patients, rest = _match_parameters(raw)
    patient = patients[0].get("resource") if len(patients) == 1 else None
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise InvalidError("The parameter resource holds a Patient.", ("Parameters.parameter",))
    validate(patient)
    asked = demographics(patient, home=home)
    if asked is None:
        raise InvalidError("The Patient needs a name.", ("Parameters.parameter.resource.name",))
    given = from_parts(rest, _MATCH, beside=beside)
    count = given.number("count") if "count" in given.values else 10
    if not count:
        raise InvalidError("The parameter count is a positive integer.", ("Parameters.parameter",))
    return MatchInput(asked, given.flag("onlyCertainMatches"), count)


_MATCH = frozenset({"onlyCertainMatches", "count"})
_PULL = frozenset({"purpose", "deadline", "attestation"})


def read_pull(raw: bytes) -> PullInput:
    """The parameters of `$pull-history`; an empty body asks for treatment with this node's own deadline.

    Raises:
        InvalidError: not Parameters, one of them twice or of another type, or a deadline out of range.
        MalformedError: not JSON.
        UnsupportedError: a parameter that the operation does not have.
    """
    if not raw.strip():
        return PullInput("TREAT", None)
    given = _parameters(raw, _PULL)
    purpose = given.get("purpose", {"valueCode": "TREAT"}).get("valueCode")
    deadline = given.get("deadline", {}).get("valueDecimal")
    if not isinstance(purpose, str):
        raise InvalidError("The parameter purpose is a code.", ("Parameters.parameter",))
    if "deadline" in given and not (isinstance(deadline, int | float) and 0.1 <= deadline <= 60):  # noqa: PLR2004  # the range is named in the message
        raise InvalidError("The parameter deadline is 0.1 to 60 seconds.", ("Parameters.parameter",))
    return PullInput(purpose, deadline, *_attested(given.get("attestation", {})))


def _attested(given: dict[str, Any]) -> tuple[Attestation | None, Secret]:
    if not given:
        return None, _NO_PASSWORD
    parts = {each.get("name"): each for each in given.get("part", ())}
    cause = parts.get("cause", {}).get("valueCode", "")
    words = parts.get("statement", {}).get("valueString", "")
    password = parts.get("password", {}).get("valueString", "")
    if not all(isinstance(each, str) for each in (cause, words, password)):
        raise InvalidError("An attestation has a cause, a statement and a password.", ("Parameters.parameter",))
    return attestation(cause, words), Secret(password.encode())


def read_nothing(raw: bytes) -> None:
    """Let pass what an operation without parameters may be sent: nothing, or Parameters that hold nothing.

    Raises:
        InvalidError: something else.
        MalformedError: not JSON.
    """
    if raw.strip() and parameters_of(raw):
        raise InvalidError("This operation takes no parameters.", ("Parameters.parameter",))


def _match_parameters(raw: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The part that holds whom to look for, and the others."""
    sent = parse(raw)
    if sent.get("resourceType") == "Patient":
        return [{"resource": sent}], []
    parts = parameters_of(raw)
    named = [each for each in parts if each["name"] == "resource"]
    return named, [each for each in parts if each["name"] != "resource"]


def _parameters(raw: bytes, known: Collection[str]) -> dict[str, dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for each in parameters_of(raw):
        check_new(each["name"], named, known)
        named[each["name"]] = each
    return named


def parameters_of(raw: bytes) -> list[dict[str, Any]]:
    """The parts of a Parameters resource.

    Raises:
        InvalidError: something else.
        MalformedError: not JSON.
    """
    resource = parse(raw)
    if resource.get("resourceType") != "Parameters":
        raise InvalidError("The body of an operation is a Parameters resource.", ("resourceType",))
    validate(resource)
    parts: list[dict[str, Any]] = resource.get("parameter", [])
    return parts


def matches(found: Iterable[tuple[Record, Grade, float]], base_url: str) -> bytes:
    """The searchset that `$match` returns, surest first.

    Source: https://hl7.org/fhir/R4/patient-operation-match.html
    """
    entries = [
        b'{"fullUrl":%b,"resource":%b,"search":%b}'
        % (orjson.dumps(f"{base_url}/Patient/{record.id}"), record.body, _search(grade, score))
        for record, grade, score in found
        if record.body is not None
    ]
    listed = b',"entry":[%b]' % b",".join(entries) if entries else b""
    return b'{"resourceType":"Bundle","type":"searchset","total":%d%b}' % (len(entries), listed)


def _search(grade: Grade, score: float) -> bytes:
    return orjson.dumps(
        {"extension": [{"url": MATCH_GRADE, "valueCode": grade.value}], "mode": "match", "score": round(score, 4)}
    )
