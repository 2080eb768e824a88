"""The port `Seals`: what a node does with keys and passcodes of health links."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.link_text import read_link
from corridor.domain.link_trust import Scanned, Trust
from corridor.domain.secret import Secret
from corridor.keys import jwe
from corridor.keys.hcert import PREFIX, read_hcert, write_hcert
from corridor.keys.health_card import read_card
from corridor.keys.issuer import Issuer
from corridor.keys.passwords import hash_password, verify_password
from corridor.keys.trust_list import TrustedKey

FHIR_JSON = "application/fhir+json"
_AT_ONCE = 4
"""Slow derivations side by side: each takes 19 MiB and a core for a moment, and strangers can ask for them."""

TrustedKeys = Callable[[], Awaitable[Sequence[TrustedKey]]]


class LinkSeals:
    """Port `Seals` with this node's key for links.

    Args:
        country: this node's.
        issuer: its key and certificate.
        trusted: every key that is trusted here, fetched or kept.
    """

    def __init__(self, country: Country, issuer: Issuer, trusted: TrustedKeys) -> None:
        self._country = country
        self._issuer = issuer
        self._trusted = trusted
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def seal(self, content: bytes, key: Secret) -> str:
        """See the port."""
        return await asyncio.to_thread(jwe.seal, content, key, content_type=FHIR_JSON)

    async def seal_under_passcode(self, content: bytes, passcode: Secret, claims: dict[str, Any]) -> str:
        """See the port."""
        async with self._turns:
            return await asyncio.to_thread(
                jwe.seal_under_passcode, content, plain(passcode), content_type=FHIR_JSON, claims=claims
            )

    async def keep(self, passcode: Secret) -> str:
        """See the port."""
        async with self._turns:
            return await asyncio.to_thread(hash_password, plain(passcode).value.decode())

    async def right(self, kept: str, passcode: Secret) -> bool:
        """See the port."""
        async with self._turns:
            return await asyncio.to_thread(verify_password, kept, plain(passcode).value.decode())

    def certify(self, link: str, *, at: datetime, until: datetime) -> str:
        """See the port."""
        return write_hcert(link, issuer=self._issuer, country=self._country, at=at, until=until)

    async def scan(self, text: str, *, now: datetime) -> Scanned:
        """See the port."""
        code = text.strip()
        if code.startswith(PREFIX):
            return read_hcert(code, keys=by_id(await self._trusted()), now=now)
        if code.startswith(("shc:/", "eyJ")):
            return read_card(code, keys=by_id(await self._trusted()), now=now)
        if "link:/" not in code:
            raise InvalidError("This is neither a health link nor a health card.")
        payload = read_link(code)
        return Scanned(payload, Trust.UNSIGNED, until=payload.until)

    async def open(self, token: str, key: Secret) -> tuple[bytes, str]:
        """See the port."""
        return await asyncio.to_thread(jwe.open_sealed, token, key)

    async def open_under_passcode(self, token: str, passcode: Secret) -> tuple[bytes, dict[str, Any]]:
        """See the port."""
        async with self._turns:
            return await asyncio.to_thread(jwe.open_under_passcode, token, plain(passcode))


def by_id(trusted: Sequence[TrustedKey]) -> Callable[[bytes], Sequence[TrustedKey]]:
    """The trusted keys that a signature can mean by an id."""

    def found(kid: bytes) -> Sequence[TrustedKey]:
        return [each for each in trusted if kid in each.kids]

    return found


def plain(passcode: Secret) -> Secret:
    """A passcode without the strokes, blanks and small letters that a hand gives it; our viewer does the same."""
    typed = passcode.value.decode(errors="replace").upper()
    return Secret("".join(each for each in typed if each.isalnum()).encode())
