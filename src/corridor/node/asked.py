"""A search as an address, and as the log may keep it: there, values that tell who is sought are keyed hashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote_plus, unquote_plus

from corridor.domain.sought import TELLING


def pairs_of_address(query: bytes) -> list[tuple[str, str]]:
    """Names and values of an address, decoded, in their order; a name without a value has an empty one.

    Source: https://url.spec.whatwg.org/#urlencoded-parsing
    """
    found = []
    for part in query.decode("latin-1").split("&"):
        if part:
            name, _, value = part.partition("=")
            if "%" in part or "+" in part:
                name = unquote_plus(name)
                known = name in _CODED and len(value) <= _SHORT
                value = _code_unquoted(value) if known else unquote_plus(value)
            found.append((name, value))
    return found


_CODED = frozenset({"code", "combo-code", "component-code", "category"})
"""Parameters whose values come again and again, whomever they are asked about; no other value is kept here."""

_SHORT = 100
_code_unquoted = lru_cache(maxsize=512)(unquote_plus)


def for_log(pairs: Sequence[tuple[str, str]], hide: Callable[[str], str], *, asked: str = "") -> str:
    """The search as text; chains and reverse chains are looked at part by part.

    Args:
        pairs: as they were asked.
        hide: replaces a value by its keyed hash.
        asked: the same pairs `encoded`, where they are at hand.

    Source: INTEROP section 9, row 5; IHE BALP, AuditEvent.entity.query.
    """
    if asked and not any(map(_tells, dict(pairs))):
        return asked
    return encoded((name, hide(value) if _tells(name) else value) for name, value in pairs)


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values as they stand in an address or a form.

    Source: https://url.spec.whatwg.org/#urlencoded-serializing
    """
    return "&".join(
        [
            f"{_quoted_name(name)}={(_code_quoted if name in _CODED and len(value) <= _SHORT else _quoted)(value)}"
            for name, value in pairs
        ]
    )


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return text.translate(_ESCAPES) if text.isascii() else quote_plus(text)


_quoted_name = lru_cache(maxsize=256)(_quoted)
_code_quoted = lru_cache(maxsize=512)(_quoted)
_ESCAPES = {each: quote_plus(chr(each)) for each in range(128)}


_PLAIN = re.compile(r"[A-Za-z0-9_.\-~]*")
"""What stands for itself: most of what is asked, and found out sooner than it is escaped."""


@lru_cache(maxsize=256)
def _tells(name: str) -> bool:
    parts = name.replace(":", ".").split(".")
    return not TELLING.isdisjoint(parts)
