"""Signing what is sent and checking what was signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from corridor.domain.message import SignedRequest, SignedResponse, Verified


class Signatures(Protocol):
    """HTTP Message Signatures with this party's own key.

    Source: RFC 9421.
    """

    def sign_request(self, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to a request."""

    def sign_response(self, response: SignedResponse, request: SignedRequest, *, now: datetime) -> dict[str, str]:
        """Headers to add to the response to a signed request."""

    def verify_request(
        self, request: SignedRequest, *, key_of: Callable[[str], bytes | None], now: datetime
    ) -> Verified:
        """Who signed a request.

        Raises:
            SignatureError: nobody that is known, or not this.
        """

    def verify_response(self, response: SignedResponse, request: SignedRequest, *, key: bytes, now: datetime) -> None:
        """Let pass the response that the holder of a key gave to this very request.

        Raises:
            SignatureError: it is not.
        """
