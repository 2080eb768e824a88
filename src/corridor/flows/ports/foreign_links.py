"""Fetching what a health link of another node leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from corridor.domain.link_text import LinkPayload
from corridor.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file as it came: usually a compact JWE, in some countries plain JSON."""

    content: str
    content_type: str


class ForeignLinks(Protocol):
    """The issuers that a node may ask: the federation's members and those that its operator lists."""

    def issuer(self, url: str) -> str:
        """By what name the issuer of an address is known here; empty where it is none that may be asked."""

    def origins(self) -> tuple[str, ...]:
        """Origins that may be asked, such as `https://node.example`."""

    async def fetch(self, payload: LinkPayload, *, recipient: str, passcode: Secret | None) -> ForeignFile:
        """The file behind a link, by its manifest where it has one.

        Raises:
            ForbiddenError: the link, or the address of its file, leads to nobody that may be asked.
            NotFoundError: the issuer says that the link does not open (any more).
            PasscodeError: the issuer says that the passcode is wrong.
            UnavailableError: the issuer does not answer; DeadlineError: not in time.
            MalformedError: it answers something else.
            TooLargeError: more than is read here.
        """
