"""What every refusal has to be, whoever refuses what."""

from __future__ import annotations

from typing import Any

from fhir.resources.R4B.operationoutcome import OperationOutcome

from tests.doors.running import Reply


def issues(answer: Reply) -> list[dict[str, Any]]:
    """The issues of an OperationOutcome that is valid for everybody, not for us alone."""
    assert answer.headers["content-type"].startswith("application/fhir+json"), answer
    OperationOutcome.model_validate_json(answer.body)
    listed: list[dict[str, Any]] = answer.json["issue"]
    return listed


def refused(answer: Reply, status: int, code: str) -> list[dict[str, Any]]:
    """The issues of a refusal, which has this status and names this issue type."""
    listed = issues(answer)
    assert (answer.status, code in {each["code"] for each in listed}) == (status, True), answer
    return listed
