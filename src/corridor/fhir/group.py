"""Who belongs to a Group."""

from __future__ import annotations

from corridor.fhir.parse import parse
from corridor.fhir.search_values import local_reference


def members(raw: bytes) -> tuple[str, ...]:
    """Ids of the patients who are in a stored Group now, each once and in order.

    Somebody who is marked inactive is not in it any more; members of other types are nobody's record.

    Source: https://hl7.org/fhir/R4/group.html
    """
    named = (each for each in parse(raw).get("member", ()) if not each.get("inactive", False))
    found = (local_reference(each.get("entity", {}).get("reference", "")) for each in named)
    return tuple(dict.fromkeys(each[1] for each in found if each and each[0] == "Patient"))
