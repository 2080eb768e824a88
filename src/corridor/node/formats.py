"""In which format an answer is wanted and a body is written: FHIR JSON or FHIR XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from corridor.domain.errors import InvalidError, MediaTypeError, NotAcceptableError

FORMAT = "fhir_format"
"""Key in a request's scope by which a door says that a form names another format than the address and headers."""

JSON_TYPES = ("application/fhir+json", "application/json", "application/json+fhir", "text/json")
XML_TYPES = ("application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml")
_BY_NAME = dict.fromkeys(("json", "", *JSON_TYPES), "json") | dict.fromkeys(("xml", *XML_TYPES), "xml")
_OFFERED = {**dict.fromkeys(JSON_TYPES, "json"), **dict.fromkeys(XML_TYPES, "xml"), "text/html": "json"}
"""What is spoken, the preferred first; a browser gets JSON."""

_VERSIONS = re.compile(r"4(\.0(\.[0-9]+)?)?")
_WEIGHT = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")
_PLAINLY_ENCODED = re.compile(rb"(?:[\x01-$&-\x7f]++|%(?:[1-7][0-9A-Fa-f]|0[1-9A-Fa-f]))*+")
"""ASCII and its escapes: most of what is asked, and seen sooner than it is decoded.

What was matched is never given back: for a byte that does not fit, every way of cutting up the rest would be tried.
"""

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of an `Accept` header: how much it is wanted, and how exactly it names something."""

    name: str
    weight: float

    def covers(self, media_type: str) -> bool:
        return self.name in {media_type, "*/*"} or self.name == media_type.partition("/")[0] + "/*"

    @property
    def exactness(self) -> int:
        return 0 if self.name == "*/*" else 1 if self.name.endswith("/*") else 2


@lru_cache(maxsize=256)
def wanted_format(accept: str, named: str | None = None) -> str:
    """`json` or `xml`.

    Args:
        accept: the `Accept` header; empty where there is none.
        named: the `_format` parameter, which counts more; None where there is none.

    Raises:
        NotAcceptableError: only what is not spoken here is wanted.

    Source: https://hl7.org/fhir/R4/http.html#mime-type; RFC 9110 section 12.5.1
    """
    if named is not None:
        name, parameters = _parsed(named.replace(" ", "+"))
        if name not in _BY_NAME or not _is_r4(parameters):
            raise NotAcceptableError("This base speaks FHIR R4 in JSON and XML.")
        return _BY_NAME[name]
    ranges = [_range(each) for each in accept.lower().split(",") if each.strip()]
    weights = {offered: _weight(ranges, offered) for offered in _OFFERED} if ranges else {"application/fhir+json": 1.0}
    best = max(weights, key=lambda offered: weights[offered])
    if not weights[best]:
        raise NotAcceptableError("This base speaks FHIR R4 in JSON and XML.")
    return _OFFERED[best]


def _weight(ranges: list[_Range], offered: str) -> float:
    """What the most exact range that covers a type says of it."""
    covering = [each for each in ranges if each.covers(offered)]
    return max(covering, key=lambda each: each.exactness).weight if covering else 0.0


def _range(text: str) -> _Range:
    name, parameters = _parsed(text)
    weight = parameters.get("q", "1")
    valid = _WEIGHT.fullmatch(weight) is not None and _is_r4(parameters)
    return _Range(name, float(weight) if valid else 0.0)


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    name, *rest = (each.strip().lower() for each in text.split(";"))
    pairs = (each.partition("=") for each in rest)
    return name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def _is_r4(parameters: dict[str, str]) -> bool:
    return _VERSIONS.fullmatch(parameters.get("fhirversion", "4.0")) is not None


def heed_form(scope: MutableMapping[str, Any], pairs: Iterable[tuple[str, str]]) -> None:
    """Answer in the format that a form names in `_format`, like that of an address.

    Raises:
        NotAcceptableError: it is not spoken here.
    """
    for name, value in pairs:
        if name == "_format":
            scope[FORMAT] = wanted_format("", value)


def check_encoding(pairs: bytes) -> None:
    """Let pass names and values that are UTF-8 in whole escapes; what is not would be read as something else.

    Args:
        pairs: a query or a form, as it was sent.

    Raises:
        InvalidError: an escape is broken, a byte is not UTF-8, or there is a zero byte.

    Source: RFC 3986 section 2.1.
    """
    if _PLAINLY_ENCODED.fullmatch(pairs):
        return
    try:
        decoded = unquote_to_bytes(pairs).decode()
    except UnicodeDecodeError:
        raise InvalidError("Names and values are written in UTF-8.") from None
    if _BROKEN_ESCAPE.search(pairs) or "\0" in decoded:
        raise InvalidError("Names and values are escaped as %20, and hold no zero bytes.")


@lru_cache(maxsize=256)
def body_type(content_type: str) -> str:
    """The media type of a body, without parameters, in lower case; empty where it says nothing.

    Raises:
        MediaTypeError: it is in another character set than UTF-8, or of another version of FHIR.
    """
    name, parameters = _parsed(content_type)
    if parameters.get("charset", "utf-8") not in _CHARSETS:
        raise MediaTypeError("Bodies are read in UTF-8.")
    if not _is_r4(parameters):
        raise MediaTypeError("This base reads FHIR R4.")
    return name
