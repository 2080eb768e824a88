"""The one table from an error to its FHIR issue type and HTTP status, and the OperationOutcome that says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from corridor.domain import errors
from corridor.domain.errors import CorridorError, InvalidError, Issue

TABLE: dict[type[CorridorError], tuple[int, str]] = {
    errors.MalformedError: (400, "structure"),
    errors.InvalidError: (400, "invalid"),
    errors.ProfileError: (422, "invalid"),
    errors.UnknownCodeError: (400, "code-invalid"),
    errors.UnsupportedError: (400, "not-supported"),
    errors.LoginError: (401, "login"),
    errors.SignatureError: (401, "security"),
    errors.PasscodeError: (422, "security"),
    errors.ForbiddenError: (403, "forbidden"),
    errors.NotFoundError: (404, "not-found"),
    errors.NotAcceptableError: (406, "not-supported"),
    errors.ConflictError: (409, "conflict"),
    errors.GoneError: (410, "deleted"),
    errors.PreconditionError: (412, "conflict"),
    errors.TooLargeError: (413, "too-long"),
    errors.MediaTypeError: (415, "not-supported"),
    errors.UnprocessableError: (422, "processing"),
    errors.ThrottledError: (429, "throttled"),
    errors.UnavailableError: (503, "transient"),
    errors.DeadlineError: (504, "timeout"),
}
"""Source: https://hl7.org/fhir/R4/http.html#Status-Codes and https://hl7.org/fhir/ValueSet/issue-type."""

UNFORESEEN = (500, "exception")


def status_of(error: CorridorError) -> tuple[int, str]:
    """HTTP status and FHIR issue type of an error."""
    return next((TABLE[each] for each in type(error).__mro__ if each in TABLE), UNFORESEEN)


def outcome(error: CorridorError) -> tuple[int, bytes]:
    """HTTP status and OperationOutcome of an error; every problem found is its own issue."""
    status, code = status_of(error)
    several = error.issues if isinstance(error, InvalidError) else ()
    if several:
        return status, issues_outcome(several, severity="error")
    named = [each for each in error.expression if each]  # what was sent may have had no name at all
    return status, orjson.dumps(_resource([_row("error", code, error.message, expression=named)]))


def issues_outcome(issues: Iterable[Issue], *, severity: str) -> bytes:
    """An OperationOutcome of several issues of one severity: `fatal`, `error`, `warning` or `information`."""
    return graded_outcome((severity, each) for each in issues)


def graded_outcome(graded: Iterable[tuple[str, Issue]]) -> bytes:
    """An OperationOutcome of several issues, each with its severity."""
    rows = (
        _row(severity, each.code, each.message, expression=[each.expression] if each.expression else [])
        for severity, each in graded
    )
    return orjson.dumps(_resource([*rows]))


def plain_outcome(code: str, message: str, *, severity: str = "error") -> bytes:
    """An OperationOutcome of one issue that is about no element: a method not allowed, a failure, all well."""
    return issues_outcome([Issue(code, message, "")], severity=severity)


def _resource(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": rows}


def _row(severity: str, code: str, message: str, *, expression: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"severity": severity, "code": code, "diagnostics": message}
    return row | ({"expression": expression} if expression else {})
