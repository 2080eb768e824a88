"""What signed tokens claim, each of the kind it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from corridor.domain.errors import TokenError

_CHARACTERS = 512
"""Of one claim: an id has to fit into an index."""
_PURPOSE_SYSTEMS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "https://terminology.hl7.org/CodeSystem/v3-ActReason",
        "urn:oid:2.16.840.1.113883.5.8",
        "2.16.840.1.113883.5.8",
        "https://corridor.example/fhir/CodeSystem/purpose",
        "",
    }
)
"""HL7's ActReason by its addresses and its OID, and ours."""
_EXTENSIONS = ("hl7-b2b", "ihe_iua")
_PURPOSES = 16


def text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a printable text, and not an empty one.

    Raises:
        TokenError: it is missing, or something else.
    """
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= _CHARACTERS or not found.isprintable():
        raise TokenError(reason=f"malformed-{name}")
    return found


def audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """For whom a token is meant: a text or a list of texts; empty where that cannot be read."""
    found = claims.get("aud")
    listed: list[Any] = found if isinstance(found, list) else [found]
    return tuple(listed) if all(isinstance(each, str) for each in listed) else ()


def instant(claims: Mapping[str, Any], name: str) -> datetime:
    """A claim that is a number of seconds since 1970.

    Raises:
        TokenError: it is missing, or something else.

    Source: RFC 7519 section 2, NumericDate.
    """
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TokenError(reason=f"malformed-{name}")
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=found)
    except (OverflowError, ValueError):
        raise TokenError(reason=f"malformed-{name}") from None


def maybe_instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    """As `instant`, or None where nothing is claimed."""
    return instant(claims, name) if name in claims else None


def purposes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Codes of the purposes that the `hl7-b2b` or the `ihe_iua` extension claims, each once, in order.

    A code of another system than those of purposes stays with its system, so that it is none that is known.

    Raises:
        TokenError: what stands there is no purpose.

    Source: UDAP Security for FHIR, B2B extension object; IHE IUA ITI-71.
    """
    extensions = claims.get("extensions", {})
    if not isinstance(extensions, dict):
        raise TokenError(code="invalid_grant", reason="malformed-purpose")
    found: list[str] = []
    for name in _EXTENSIONS:
        said = extensions.get(name, {})
        wanted = said.get("purpose_of_use", []) if isinstance(said, dict) else None
        listed = [wanted] if isinstance(wanted, str | dict) else wanted
        if not isinstance(listed, list) or len(listed) > _PURPOSES:
            raise TokenError(code="invalid_grant", reason="malformed-purpose")
        found += [_code(each) for each in listed]
    return tuple(dict.fromkeys(found))


def person(claims: Mapping[str, Any]) -> str:
    """Of whom the `ihe_iua` extension says the request is, as it says it; empty where it does not.

    Raises:
        TokenError: what stands there names nobody.

    Source: IHE IUA ITI-71, `person_id`.
    """
    extensions = claims.get("extensions", {})
    said = extensions.get("ihe_iua", {}) if isinstance(extensions, dict) else {}
    if not isinstance(said, dict) or "person_id" not in said:
        return ""
    try:
        return text(said, "person_id")
    except TokenError:
        raise TokenError(code="invalid_grant", reason="malformed-person") from None


def _code(purpose: Any) -> str:
    """`SYSTEM#CODE`, `SYSTEM|CODE`, a code alone, or a coding."""
    if isinstance(purpose, dict):
        system, code = purpose.get("system", ""), purpose.get("code")
    else:
        written = purpose.replace("|", "#") if isinstance(purpose, str) else "#"
        system, _, code = written.rpartition("#")
    if not isinstance(system, str) or not isinstance(code, str) or not code:
        raise TokenError(code="invalid_grant", reason="malformed-purpose")
    return code if system in _PURPOSE_SYSTEMS else f"{system}#{code}"
