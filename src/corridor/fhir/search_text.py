"""How the values of a search are written: several of them, parts of them, and signs that are meant as they stand.

Source: https://hl7.org/fhir/R4/search.html#escaping
"""

from __future__ import annotations

import re
from functools import cache

_UNESCAPE = re.compile(r"\\([\\,|$])")
_UNSAFE = re.compile(r"[^A-Za-z0-9_:.\-]")
_SHOWN = 64


def split(text: str, sign: str, *, most: int = 0) -> list[str]:
    """The text parted at every sign that no backslash stands before; still escaped.

    Args:
        text: as it was written.
        sign: one of `,`, `|` and `$`.
        most: parts to make at most; 0 for as many as there are.
    """
    if sign not in text:  # most values are one, and searches are many
        return [text]
    parts: list[str] = []
    start = 0
    for found in _signs(sign).finditer(text):
        if found[0] == sign and (not most or len(parts) < most - 1):
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


@cache
def _signs(sign: str) -> re.Pattern[str]:
    """A backslash with what it escapes, or the sign."""
    return re.compile(rf"\\.|{re.escape(sign)}", re.DOTALL)


def unescaped(text: str) -> str:
    """The text as it is meant."""
    return _UNESCAPE.sub(r"\1", text) if "\\" in text else text


def shown(name: str) -> str:
    """The name as far as it is safe to repeat."""
    return _UNSAFE.sub("?", name[:_SHOWN])
