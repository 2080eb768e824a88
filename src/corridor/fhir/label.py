"""How a patient of the national register is written on a clinician's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

_USUAL = ("official", "usual")


@dataclass(frozen=True, slots=True, repr=False)
class PatientLabel:
    """Name, birth date, document and sex as the register writes them; has no readable text form.

    Attributes:
        birth: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty where unknown.
    """

    name: str
    birth: str
    document: str
    sex: str


def label(body: bytes) -> PatientLabel:
    """The label of a stored, valid Patient.

    Source: https://hl7.org/fhir/R4/patient.html
    """
    resource: dict[str, Any] = orjson.loads(body)
    name = _usual(resource.get("name", ()))
    document = _usual(resource.get("identifier", ()))
    return PatientLabel(
        name=name.get("text") or " ".join([*name.get("given", ()), name.get("family", "")]).strip(),
        birth=resource.get("birthDate", ""),
        document=" ".join(filter(None, (_kind(document), document.get("value", "")))),
        sex=resource.get("gender", ""),
    )


def _usual(several: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return next((each for each in several if each.get("use") in _USUAL), several[0] if several else {})


def _kind(identifier: dict[str, Any]) -> str:
    kind = identifier.get("type", {})
    return kind.get("text") or next((coding.get("code", "") for coding in kind.get("coding", ())), "")
