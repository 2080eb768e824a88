"""The patient summary in the dress that LACPASS viewers expect; only there is its system a URN with a dot.

Source: LACPASS (http://lacpass.racsel.org), lac-bundle, lac-composition, lac-patient; INTEROP sections 1.2 and 9.
"""

from __future__ import annotations

from typing import Any

from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.identifiers import COUNTRIES, V2, paper, papers

Resource = dict[str, Any]

CANONICAL = "http://lacpass.racsel.org/StructureDefinition/"
BUNDLE = f"{CANONICAL}lac-bundle"
_PASSPORT_OID = "urn:oid.2.16.840.1.113883.4.330"
_NATIONAL_OID = "urn:oid.2.16"
_UNKNOWN = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}
_NUMBERS = {alpha: code for code, alpha in COUNTRIES.items() if code.isdigit()}
_PROFILES = {
    "Composition": f"{CANONICAL}lac-composition",
    "Patient": f"{CANONICAL}lac-patient",
    "Organization": f"{CANONICAL}lac-organization",
}


def lac_summary(document: bytes, home: str) -> bytes:
    """A document of ours with LACPASS's profiles, and the two identifiers that they want of the person.

    A passport that is not known is told as unknown: nothing is invented for it.

    Args:
        document: as `summary` makes it; custodian and sections are there already.
        home: alpha-2 code of the country that issues it, for papers that name no other.
    """
    bundle: Resource = read_exact(document)
    _claim(bundle, BUNDLE)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] in _PROFILES:
            _claim(resource, _PROFILES[resource["resourceType"]])
        if resource["resourceType"] == "Patient":
            resource["identifier"] = _identifiers(resource, home)
    return write_exact(bundle)


def _claim(resource: Resource, profile: str) -> None:
    meta = resource.setdefault("meta", {})
    meta["profile"] = [*dict.fromkeys([*meta.get("profile", ()), profile])]


def _identifiers(patient: Resource, home: str) -> list[Resource]:
    """One official passport, one national number, and all others as they are stored."""
    found = list(papers(patient, home=home))
    passport = next((each for each in found if each.kind == "passport"), None)
    national = next((each for each in found if each.kind == "national"), None)
    issuers = [_NUMBERS.get(each.country if each else home, "0") for each in (passport, national)]
    return [
        _written("PPN", f"{_PASSPORT_OID}.{issuers[0]}", passport.number if passport else ""),
        _written("NI", f"{_NATIONAL_OID}.{issuers[1]}", national.number if national else ""),
        *(_kept(each) for each in patient.get("identifier", ()) if paper(each, home=home) not in {passport, national}),
    ]


def _kept(identifier: Resource) -> Resource:
    """A further identifier; only the passport may be the official one."""
    return identifier | {"use": "usual"} if identifier.get("use") == "official" else identifier


def _written(kind: str, system: str, value: str) -> Resource:
    made: Resource = {
        "use": "official" if kind == "PPN" else "usual",
        "type": {"coding": [{"system": V2, "code": kind}]},
        "system": system,
    }
    return made | ({"value": value} if value else {"_value": _UNKNOWN})
