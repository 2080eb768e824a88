"""A search as the log may keep it: values that tell who is sought are replaced by a keyed hash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

_TELLING = frozenset(
    {
        "identifier",
        "family",
        "given",
        "name",
        "phonetic",
        "mothersMaidenName",
        "birthdate",
        "death-date",
        "telecom",
        "phone",
        "email",
        "address",
        "address-city",
        "address-country",
        "address-postalcode",
        "address-state",
    }
)
"""Parameters whose values tell who is sought (INTEROP section 9, row 5)."""


def for_log(pairs: Iterable[tuple[str, str]], hide: Callable[[str], str]) -> str:
    """The search as text; chains and reverse chains are looked at part by part.

    Args:
        pairs: as they were asked.
        hide: replaces a value by its keyed hash.

    Source: INTEROP section 9, row 5; IHE BALP, AuditEvent.entity.query.
    """
    return urlencode([(name, hide(value) if _tells(name) else value) for name, value in pairs])


def _tells(name: str) -> bool:
    parts = name.replace(":", ".").split(".")
    return not _TELLING.isdisjoint(parts)
