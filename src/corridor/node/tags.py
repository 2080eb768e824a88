"""Version tags and instants of HTTP: what a client holds, and whether it is still the newest."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from corridor.domain.errors import InvalidError
from corridor.domain.record import Record

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
NO_VERSION = -1
"""Stands for a well-formed tag that is none of ours: no resource is ever at it."""


def held_version(tag: str) -> tuple[int | None, bool | None]:
    """What `If-Match` demands: the version that is held, and that the resource lives; None for no demand.

    Raises:
        InvalidError: not one version tag; of a list nobody could say which version is held.

    Source: https://hl7.org/fhir/R4/http.html#concurrency; RFC 9110 section 13.1.1
    """
    if not tag:
        return None, None
    if tag.strip() == "*":
        return None, True
    found = _TAG.fullmatch(tag.strip())
    if found is None:
        raise InvalidError('A version tag is written W/"3".')
    return int(found[1]) if _VERSION.fullmatch(found[1]) else NO_VERSION, None


def must_be_absent(tag: str) -> bool | None:
    """What `If-None-Match` demands of a write: with `*`, that there is no such resource; None for no demand.

    Raises:
        InvalidError: anything but `*`.

    Source: RFC 9110 section 13.1.2
    """
    if not tag:
        return None
    if tag.strip() != "*":
        raise InvalidError("A write is made under If-None-Match: * or under If-Match.")
    return False


def is_known(record: Record, none_match: str, modified_since: str) -> bool:
    """Whether the caller of a read holds this version already; a tag counts more than an instant.

    Source: https://hl7.org/fhir/R4/http.html#cread; RFC 9110 section 13.2.2
    """
    if none_match:
        listed = {each[1] for each in _TAG.finditer(none_match)}
        return none_match.strip() == "*" or str(record.version) in listed
    since = _instant(modified_since)
    if since is None:
        return False
    # HTTP tells whole seconds; an instant of FHIR tells of two versions within one second which is held.
    return (record.updated_at if since.microsecond else record.updated_at.replace(microsecond=0)) <= since


def _instant(text: str) -> datetime | None:
    """A date of HTTP, or an instant of FHIR as a Bundle carries it; what is neither is ignored, as RFC 9110 says."""
    if not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
