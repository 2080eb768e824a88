"""What a client prefers: how much a write answers, and how strictly a search is read."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from corridor.node.heard import header

_RETURNS = {each.lower(): each for each in ("minimal", "representation", "OperationOutcome")}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is heeded of the `Prefer` headers; everything else in them may be ignored, as RFC 7240 says.

    Attributes:
        returned: `minimal`, `representation`, `OperationOutcome`, or empty where nothing of the kind is preferred.
        strict: unknown search parameters are refused.
    """

    returned: str = ""
    strict: bool = False


_NONE = Preferences()


def preferences(request: Request) -> Preferences:
    """The preferences of a request; of two for the same thing the first counts.

    Source: RFC 7240; https://hl7.org/fhir/R4/http.html#ops
    """
    if header(request, b"prefer") is None:
        return _NONE
    given: dict[str, str] = {}
    for line in request.headers.getlist("prefer"):
        for part in line.replace(";", ",").split(","):
            name, _, value = part.partition("=")
            given.setdefault(name.strip().lower(), value.strip().strip('"').lower())
    return Preferences(_RETURNS.get(given.get("return", ""), ""), given.get("handling") == "strict")
