"""What is done with keys and passcodes of health links."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from corridor.domain.link_trust import Scanned
from corridor.domain.secret import Secret


class Seals(Protocol):
    """Encrypts what a person takes along, and signs the code that leads to it.

    Source: RFC 7516; HCERT 1.1.1; SMART Health Links.
    """

    async def seal(self, content: bytes, key: Secret) -> str:
        """A document of FHIR JSON as a compact JWE under a key of 32 bytes.

        Raises:
            TooLargeError: longer than a link can carry.
        """

    async def seal_under_passcode(self, content: bytes, passcode: Secret, claims: dict[str, Any]) -> str:
        """The same under a passcode, with claims that anybody can read and nobody can change.

        Raises: as `seal`.
        """

    async def keep(self, passcode: Secret) -> str:
        """What to keep of a passcode: a slow hash."""

    async def right(self, kept: str, passcode: Secret) -> bool:
        """Whether it is the one that was kept."""

    def certify(self, link: str, *, at: datetime, until: datetime) -> str:
        """The signed text of a QR that carries a link."""

    async def scan(self, text: str, *, now: datetime) -> Scanned:
        """What a scanned or pasted text says, its signature checked against what is trusted here.

        Raises:
            InvalidError: neither a health link nor a health card.
            SignatureError: signed by a key that is known here, and not rightly.
        """

    async def open(self, token: str, key: Secret) -> tuple[bytes, str]:
        """Content and content type of a compact JWE.

        Raises:
            MalformedError: altered, or under another key.
            TooLargeError: more than is read here, inflated or not.
        """

    async def open_under_passcode(self, token: str, passcode: Secret) -> tuple[bytes, dict[str, Any]]:
        """Content and claims of a file that a passcode opens.

        Raises:
            InvalidError: the passcode is wrong.
            MalformedError: altered, or another kind of file.
            TooLargeError: more than is read here, inflated or not.
        """
