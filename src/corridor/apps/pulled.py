"""One person's history, asked of a node over HTTP as any other system would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from corridor.domain.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Asked:
    """What a node is asked for.

    Attributes:
        patient: id of the Patient in the national base.
        purpose: PurposeOfUse code.
        deadline_seconds: how long the node waits for other countries.
        attest: the clinician's word that the person is there; empty where a proof was given on the pages.
    """

    patient: str
    purpose: str = "TREAT"
    deadline_seconds: float = 5.0
    attest: str = ""

    def body(self, password: str) -> dict[str, Any]:
        """The Parameters of the question."""
        parts: list[dict[str, Any]] = [
            {"name": "purpose", "valueCode": self.purpose},
            {"name": "deadline", "valueDecimal": self.deadline_seconds},
        ]
        if self.attest:
            words = {"name": "statement", "valueString": self.attest}
            cause, secret = {"name": "cause", "valueCode": "other"}, {"name": "password", "valueString": password}
            parts.append({"name": "attestation", "part": [cause, words, secret]})
        return {"resourceType": "Parameters", "parameter": parts}


def pull_bundle(url: str, credentials: tuple[str, str], asked: Asked) -> str:
    """The Bundle that a node gives for a person.

    Args:
        url: address of the node.
        credentials: account and password.
        asked: for whom, why, and what shows that they are there.

    Raises:
        UnavailableError: the node does not answer, or it refuses; then the message is its own.
    """
    try:
        return _pulled(url, credentials, asked)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise UnavailableError("The node does not answer.") from None


def _pulled(url: str, credentials: tuple[str, str], asked: Asked) -> str:
    with httpx.Client(base_url=url, timeout=asked.deadline_seconds + 10) as client:
        answer = client.post("/auth/token", data={"grant_type": "client_credentials"}, auth=credentials)
        _check(answer)
        answer = client.post(
            f"/fhir/Patient/{quote(asked.patient, safe='')}/$pull-history",
            json=asked.body(credentials[1]),
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
