"""Resources between JSON and XML, both ways, generic over every R4 type; decimals keep their text.

Source: https://hl7.org/fhir/R4/xml.html and https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from typing import Any

from corridor.domain.errors import NotAcceptableError
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.xml_reader import read_resource
from corridor.fhir.xml_writer import write_resource


def to_xml(raw: bytes, *, pretty: bool = False) -> bytes:
    """The XML of a resource given as JSON bytes; a narrative stands in it as it was written.

    Raises:
        NotAcceptableError: something in the resource cannot be said in XML; JSON can.
    """
    resource: Any = read_exact(raw)
    if not isinstance(resource, dict):
        raise NotAcceptableError("This answer is not a resource; it has no XML.")
    return write_resource(resource, pretty=pretty)


def from_xml(raw: bytes) -> bytes:
    """The JSON of a resource given as XML bytes; what it says is checked afterwards, like all JSON.

    Raises:
        MalformedError: not UTF-8, not well formed, with a DTD or entities, or nested too deeply.
        InvalidError: elements, attributes or texts that R4 does not know there, or in another order.
        UnsupportedError: a resource type that does not exist.
    """
    return write_exact(read_resource(raw))


def pretty_json(raw: bytes) -> bytes:
    """The same JSON with line breaks and indentation."""
    return write_exact(read_exact(raw), pretty=True)
