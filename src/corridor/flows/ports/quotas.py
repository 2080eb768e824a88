"""Quotas as they are signed."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.quota import Quota


class Quotas(Protocol):
    """Reads what holders signed."""

    def read(self, document: bytes) -> tuple[Quota, frozenset[Country]]:
        """The quota of a document, and the members whose signatures on it hold.

        Raises:
            InvalidError: it is none, or a signature does not hold.
        """
