"""A patch as an entry of a Bundle carries it: FHIRPath Patch as Parameters, the other forms inside a Binary."""

from __future__ import annotations

import binascii
from base64 import b64decode

from corridor.domain.errors import InvalidError
from corridor.fhir.parse import parse

_FHIR_JSON = "application/fhir+json"


def bundled_patch(raw: bytes) -> tuple[bytes, str]:
    """The patch's bytes and its media type.

    Raises:
        MalformedError: not JSON.
        InvalidError: neither Parameters nor a Binary with content.

    Source: https://hl7.org/fhir/R4/http.html#patch
    """
    resource = parse(raw)
    if resource["resourceType"] == "Parameters":
        return raw, _FHIR_JSON
    if resource["resourceType"] != "Binary":
        raise InvalidError("A patch in a Bundle is Parameters or a Binary.", ("resourceType",))
    kind, content = resource.get("contentType"), resource.get("data")
    if not isinstance(kind, str) or not isinstance(content, str):
        raise InvalidError("A patch in a Binary has a contentType and its data.", ("Binary.data",))
    try:
        return b64decode(content, validate=True), kind.partition(";")[0].strip().lower()
    except (ValueError, binascii.Error):
        raise InvalidError("The data of a Binary is base64.", ("Binary.data",)) from None
