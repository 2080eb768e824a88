"""Where a party is spoken to by the others with certificates on both sides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MutualTls:
    """A party's own door for the others: TLS in which both sides show a certificate that the manifest names.

    Attributes:
        url: `https` address without a slash at the end; empty where a party has no such door.
        certificates: whole, as DER: those in use and those to come. Whoever shows another is not let in.
    """

    url: str = ""
    certificates: tuple[bytes, ...] = ()
