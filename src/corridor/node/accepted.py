"""What a door would have read, told where it was sent something else.

Source: RFC 5789 section 3.1 (Accept-Patch); LDP 1.0 section 7.1 (Accept-Post); RFC 9110 section 15.5.16
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from corridor.fhir.patch import PATCH_TYPES

PATCHES = ", ".join(sorted({*PATCH_TYPES, "application/fhir+xml"}))  # XML has become JSON where patches are read
FHIR = "application/fhir+json, application/fhir+xml"
NDJSON = "application/fhir+ndjson"
FORM = "application/x-www-form-urlencoded"


def accepted(request: Request) -> Mapping[str, str]:
    """The header that names the media types of the FHIR base for this method and address; none for other addresses."""
    path = request.url.path
    if not path.startswith("/fhir"):
        return {}
    if request.method == "PATCH":
        return {"accept-patch": PATCHES}
    if request.method != "POST":
        return {"accept": FHIR}
    if path.endswith("/_search"):
        return {"accept-post": FORM}
    return {"accept-post": f"{FHIR}, {NDJSON}" if path.endswith("/$import") else FHIR}
