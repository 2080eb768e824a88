"""Links between the entries of a transaction and to this base itself, rewritten in the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

_PLACES = ["reference", "url", "uri", "valueUri", "valueUrl"]
"""Elements that hold a reference or a URI; canonical URLs, identifiers and texts are never touched, and what has to be
a UUID stays one."""

_LINK = re.compile(rb'("(%b)"\s*:\s*")([^"\\]+)"' % "|".join(_PLACES).encode())
_NARRATIVE = re.compile(rb"""((?:href|src)=(\\"|'))([^"'\\]+)\2""")
_BEGINNING = re.compile(rb"urn:[^:]*:|(?:https?://)?[^/]*")
_UNPLAIN = (b"\\/", b'"urn:')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def beginnings(links: Iterable[bytes]) -> frozenset[bytes]:
    """What links begin with, which a whole Bundle has few of: kind of URN, host, or first step of a path."""
    return frozenset(found[0] for each in links if (found := _BEGINNING.match(each)))


def may_link(raw: bytes, begun: Iterable[bytes]) -> bool:
    """Whether `relink` could change a resource, or find a link in it that names no entry.

    Args:
        raw: JSON of one resource.
        begun: beginnings of everything that stands for an entry.
    """
    return any(map(raw.__contains__, (*_UNPLAIN, *begun)))


def relink(raw: bytes, targets: Mapping[bytes, bytes]) -> tuple[bytes, tuple[str, ...]]:
    """The resource with its links rewritten, and the local links that name no entry.

    Only links change; every other byte stays.

    Args:
        raw: JSON of one resource.
        targets: `Type/id` by the link that stands for it: an entry's fullUrl, or its relative form.

    Source: https://hl7.org/fhir/R4/http.html#trules
    """
    text = _plain(raw)
    dangling: list[str] = []

    def link(found: re.Match[bytes]) -> bytes:
        target = targets.get(found[3])
        if target is None:
            if found[2] == b"reference" and found[3].startswith((b"urn:uuid:", b"urn:oid:")):
                dangling.append(found[3].decode())
            return found[0]
        return b'%b%b"' % (found[1], target)

    def in_narrative(found: re.Match[bytes]) -> bytes:
        return found[1] + targets.get(found[3], found[3]) + found[2]

    linked = _LINK.sub(link, text)
    if b'=\\"' in linked or b"='" in linked:
        linked = _NARRATIVE.sub(in_narrative, linked)
    return linked, tuple(dangling)


def at_home(raw: bytes, base: str) -> bytes:
    """The resource with its references to resources of this base as type and id: they are found by those alone.

    Only references change; every other byte stays.

    Args:
        raw: JSON of one resource.
        base: address of this base, without a slash at the end; empty for none.

    Source: https://hl7.org/fhir/R4/references.html#literal
    """
    named = base.encode()
    if not base or (named not in raw and b"\\/" not in raw):
        return raw
    text = raw if named in raw else _plain(raw)
    return _own(named).sub(rb"\1", text) if named in text else raw


@cache
def _own(base: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'("reference"\s*:\s*")%b/(?=[A-Z][A-Za-z]{2,40}/[A-Za-z0-9\-.]{1,64}["/])' % re.escape(base))


def _plain(raw: bytes) -> bytes:
    """The same JSON with no slash escaped: some clients escape the slashes of every link."""
    if b"\\/" not in raw:
        return raw
    return _ESCAPED.sub(lambda found: b"/" if found[1] == b"/" else found[0], raw)
