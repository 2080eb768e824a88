"""Pseudonyms from one secret per node: one-way, and different for every asking country."""

from __future__ import annotations

import hmac
from pathlib import Path

from corridor.domain.country import Country
from corridor.keys.files import KeyUse, read_key

_LABEL = b"corridor pseudonym 1\x00"
_BYTES = 16


class FilePseudonyms:
    """The port `Pseudonyms`, with a key file; the key of each country is derived once and kept in memory.

    Args:
        path: of a key file with use `pseudonym`.

    Raises:
        UnavailableError: the file cannot be read.
        InvalidError: others may read it, or it holds another key.
    """

    def __init__(self, path: Path) -> None:
        self._key = read_key(path, KeyUse.PSEUDONYM)
        self._derived: dict[Country, bytes] = {}

    def pseudonym(self, country: Country, name: str) -> str:
        """See the port."""
        key = self._derived.get(country) or self._derive(country)
        return hmac.digest(key, name.encode(), "sha256")[:_BYTES].hex()

    def _derive(self, country: Country) -> bytes:
        key = hmac.digest(self._key.value, _LABEL + country.encode(), "sha256")
        self._derived[country] = key
        return key
