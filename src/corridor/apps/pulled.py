"""One person's history, asked of a node over HTTP as any other system would."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from corridor.domain.errors import UnavailableError


def pull_bundle(
    url: str, credentials: tuple[str, str], *, patient: str, purpose: str = "TREAT", deadline_seconds: float = 5.0
) -> str:
    """The Bundle that a node gives for a person.

    Args:
        url: address of the node.
        credentials: account and password.
        patient: id of the Patient in the national base.
        purpose: PurposeOfUse code.
        deadline_seconds: how long the node waits for other countries.

    Raises:
        UnavailableError: the node does not answer, or it refuses; then the message is its own.
    """
    try:
        return _asked(url, credentials, patient=patient, purpose=purpose, deadline_seconds=deadline_seconds)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise UnavailableError("The node does not answer.") from None


def _asked(url: str, credentials: tuple[str, str], *, patient: str, purpose: str, deadline_seconds: float) -> str:
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "purpose", "valueCode": purpose},
            {"name": "deadline", "valueDecimal": deadline_seconds},
        ],
    }
    with httpx.Client(base_url=url, timeout=deadline_seconds + 10) as client:
        answer = client.post("/auth/token", data={"grant_type": "client_credentials"}, auth=credentials)
        _check(answer)
        answer = client.post(
            f"/fhir/Patient/{quote(patient, safe='')}/$pull-history",
            json=body,
            headers={"authorization": f"Bearer {_token(answer)}"},
        )
        _check(answer)
    return answer.text


def _token(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["access_token"])
    except (ValueError, KeyError, TypeError):
        raise UnavailableError("At this address there is no node.") from None


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        said = answer.json()["issue"][0]["diagnostics"]
    except (ValueError, KeyError, IndexError, TypeError):
        said = f"It answers with status {answer.status_code}."
    raise UnavailableError(f"The node refuses. {said}")
