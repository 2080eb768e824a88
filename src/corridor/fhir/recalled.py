"""A saved fact that came under a false tie, marked so that nobody reads it as this person's."""

from __future__ import annotations

from corridor.domain.country import Country
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.parse import Resource

RECALLED: Resource = {"system": "https://corridor.example/fhir/CodeSystem/recall", "code": "false-tie"}
"""The tag of what another country told about somebody else."""

_STATUS = "entered-in-error"
_IN_ERROR = frozenset(
    {
        "Observation",
        "DiagnosticReport",
        "MedicationStatement",
        "MedicationRequest",
        "MedicationDispense",
        "Immunization",
        "Medication",
    }
)
_VERIFICATION = {
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
}


def recalled(body: bytes, country: Country) -> bytes:
    """The fact with the tag, entered in error; everything else is kept, for whoever must trace it.

    Args:
        body: as it is stored.
        country: that had told it.

    Raises:
        MalformedError: not JSON that can be kept.
    """
    resource: Resource = read_exact(body)
    meta = resource.get("meta", {})
    tags = [each for each in meta.get("tag", ()) if each.get("system") != RECALLED["system"]]
    marked = {**resource, "meta": {**meta, "tag": [*tags, {**RECALLED, "display": f"recalled: {country}"}]}}
    resource_type = str(resource.get("resourceType"))
    if resource_type in _VERIFICATION:
        marked.pop("clinicalStatus", None)  # R4: what was entered in error has none
    return write_exact({**marked, **_in_error(resource_type)})


def _in_error(resource_type: str) -> Resource:
    if resource_type in _IN_ERROR:
        return {"status": _STATUS}
    if resource_type in _VERIFICATION:
        return {"verificationStatus": {"coding": [{"system": _VERIFICATION[resource_type], "code": _STATUS}]}}
    return {}
