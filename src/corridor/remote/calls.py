"""Signed requests and checked answers, the same for hub, holders and peers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from corridor.domain.errors import MalformedError, SignatureError, UnavailableError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.signatures import Signatures
from corridor.remote.transport import StaleError, Transport

JSON = "application/json"
BODY_BYTES_MAX = 4 * 1024 * 1024
_OK, _FAILED = 200, 400


class Calls:
    """Asks others over a transport, in this party's name.

    Args:
        transport: one for the whole process.
        signatures: with this party's key.
        clock: by which signatures are made and checked.
    """

    def __init__(self, transport: Transport, signatures: Signatures, clock: Clock) -> None:
        self._transport = transport
        self._signatures = signatures
        self._clock = clock

    async def close(self) -> None:
        """Let go of every connection."""
        await self._transport.close()

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        key: bytes,
        timeout_seconds: float,
        headers: Mapping[str, str] | None = None,
        max_body_bytes: int = BODY_BYTES_MAX,
    ) -> bytes:
        """The body of the signed answer to a signed POST.

        Args:
            url: of the other party, as it is configured to be reached.
            body: JSON.
            key: the other party's signing keys, 32 bytes each.
            timeout_seconds: for the whole answer.
            headers: further ones; tracing headers are signed.
            max_body_bytes: more is not taken in.

        Raises:
            DeadlineError: the last byte did not arrive in time.
            UnavailableError: not reachable, or it answered that it could not do it.
            MalformedError: what came back is not an answer that this party signed for this request.
        """
        sent = {"content-type": JSON, **(headers or {})}
        request = SignedRequest("POST", url, sent, body)
        return await self._ask(request, key, timeout_seconds=timeout_seconds, max_body_bytes=max_body_bytes)

    async def get(
        self, url: str, *, key: bytes, timeout_seconds: float, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of the signed answer to a signed GET; errors as for `post`."""
        request = SignedRequest("GET", url, headers or {}, b"")
        return await self._ask(request, key, timeout_seconds=timeout_seconds, max_body_bytes=BODY_BYTES_MAX)

    async def _ask(self, request: SignedRequest, key: bytes, *, timeout_seconds: float, max_body_bytes: int) -> bytes:
        """Sign and send; once more, signed anew, where the connection had ended before anything was heard."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_seconds
        try:
            return await self._once(request, key, timeout_seconds=timeout_seconds, max_body_bytes=max_body_bytes)
        except StaleError:
            left = until - loop.time()
            return await self._once(request, key, timeout_seconds=left, max_body_bytes=max_body_bytes)

    async def _once(self, request: SignedRequest, key: bytes, *, timeout_seconds: float, max_body_bytes: int) -> bytes:
        signed = self._signed(request)
        response = await self._transport.send(signed, timeout_seconds=timeout_seconds, max_body_bytes=max_body_bytes)
        return self._checked(response, signed, key)

    def _signed(self, request: SignedRequest) -> SignedRequest:
        added = self._signatures.sign_request(request, now=self._clock.now())
        return SignedRequest(request.method, request.url, {**request.headers, **added}, request.body)

    def _checked(self, response: SignedResponse, request: SignedRequest, key: bytes) -> bytes:
        if response.status >= _FAILED:
            raise UnavailableError("A peer says that it cannot answer.")
        if response.status != _OK:
            raise MalformedError("A peer answered something else than an answer.")
        try:
            self._signatures.verify_response(response, request, key=key, now=self._clock.now())
        except SignatureError:
            raise MalformedError("A peer's answer is not signed by it for this request.") from None
        return response.body
