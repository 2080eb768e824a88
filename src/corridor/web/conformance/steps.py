"""First steps for somebody who connects a system: what to type, in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the key of what it is for, and a command that works once ACCOUNT, PASSWORD and TOKEN are set."""

    key: str
    command: str


def first_steps(base_url: str, token_url: str) -> tuple[Step, ...]:
    """The steps for one node.

    Args:
        base_url: of its FHIR base, without a slash at the end.
        token_url: where a bearer token is had.
    """
    signed = 'curl -H "Authorization: Bearer $TOKEN"'
    sent = f'{signed} -H "Content-Type: application/fhir+json"'
    patient = '{"resourceType":"Patient","name":[{"family":"Rojas","given":["Luz"]}]}'
    return (
        Step("statement", f"curl {base_url}/metadata"),
        Step("token", f'curl -u "$ACCOUNT:$PASSWORD" -d grant_type=client_credentials {token_url}'),
        Step("search", f'{signed} "{base_url}/Patient?family=rojas&_count=5"'),
        Step("results", f'{signed} "{base_url}/Observation?code=http://loinc.org|20447-9&_sort=-date"'),
        Step("validate", f"{sent} -d '{patient}' '{base_url}/Patient/$validate'"),
        Step("create", f"{sent} -d '{patient}' \"{base_url}/Patient\""),
        Step("codes", f"{signed} '{base_url}/ValueSet/viral-load-tests/$expand'"),
    )
