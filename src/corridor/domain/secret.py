"""Values that must never be printed: their text form is blank wherever it might leak."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """Bytes of a key, token or pseudonym, without a readable form in logs, errors or debuggers."""

    value: bytes

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"
