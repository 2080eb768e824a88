"""Who a summary is about, as it leaves the country: what identifies the person, and nothing of where they are from.

The exchange needs no identity at all. A document that somebody else opens does: IPS demands name and birth date,
LACPASS a number. All else that a register keeps of a person stays home.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corridor.fhir.identifiers import CHECK_DIGIT, paper
from corridor.fhir.projection_rules import never, says_who

Resource = dict[str, Any]

_KEPT: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {"resourceType", "id", "identifier", "active", "name", "gender", "birthDate"}
        | {"deceasedBoolean", "deceasedDateTime"}
    ),
    "identifier": frozenset({"use", "type", "system", "value", "period"}),
    "name": frozenset({"use", "text", "family", "given", "prefix", "suffix", "period"}),
}
"""Elements of a Patient that leave, and those of each of its parts."""

_SILENT = re.compile(
    rf"http://hl7\.org/fhir/StructureDefinition/(?:data-absent-reason|humanname-[a-z-]+)|{re.escape(CHECK_DIGIT)}"
)
"""Extensions that tell nothing of origin: that a value is missing, which part of a name it is, a check digit."""

_OWN_PAPERS = frozenset({"national", "passport"})
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def leaving_person(patient: Resource, home: str) -> Resource:
    """The Patient of a summary that leaves.

    Of identity papers go the national number and the passport that this country itself gave: another country's paper, a
    residence card or a permit tells nationality or migration status.

    Args:
        patient: as it is stored.
        home: alpha-2 code of the country that makes the summary.

    Source: TRUST, invariant 5; INTEROP section 5; HL7 IPS 2.0.1, Patient-uv-ips; LACPASS, lac-patient.
    """
    kept = _only(patient, "")
    own = [each for each in patient.get("identifier", ()) if _is_own(each, home)]
    kept.pop("identifier", None)
    parts = {"identifier": own, "name": patient.get("name", ())}
    kept |= {name: [_only(each, name) for each in several] for name, several in parts.items() if several}
    return {name: kept[name] for name in patient if name in kept}


def _is_own(identifier: Resource, home: str) -> bool:
    found = paper(identifier, home=home)
    return found is not None and found.country == home and found.kind in _OWN_PAPERS


def _only(part: Resource, name: str) -> Resource:
    kept = {key: value for key, value in part.items() if key.removeprefix("_") in _KEPT[name]}
    silent: Resource = _with_silent(kept)
    return silent


def _with_silent(node: Any) -> Any:
    """The same with no extension but those that tell nothing."""
    if isinstance(node, list):
        return [_with_silent(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _with_silent(value) for key, value in node.items() if key not in {"extension", "modifierExtension"}}
    silent = [each for each in node.get("extension", ()) if _SILENT.fullmatch(str(each.get("url", "")))]
    return kept | ({"extension": silent} if silent else {})


def tells_origin(extension: Any) -> bool:
    """Whether an extension of any record is about nationality, migration, religion or the like, by name, code or words.

    Source: TRUST, invariant 5.
    """
    if isinstance(extension, list):
        return any(map(tells_origin, extension))
    if not isinstance(extension, dict):
        return isinstance(extension, str) and says_who(_CAPITAL.sub(" ", extension))
    return (extension.get("system"), extension.get("code")) in never() or any(map(tells_origin, extension.values()))
