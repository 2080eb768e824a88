"""Short messages: handed to a gateway over HTTP, or written to a file where nothing is in earnest."""

from __future__ import annotations

import asyncio
import json
import os
from http import HTTPStatus
from pathlib import Path

from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.secret import Secret
from corridor.remote.transport import StaleError, Transport

TIMEOUT_SECONDS = 10.0
_ANSWER_BYTES_MAX = 64 * 1024


class HttpTextMessages:
    """Port `TextMessages` with a gateway that takes `{"to", "text"}` as JSON by POST.

    Args:
        transport: of the node.
        address: of the gateway.
        token: sent as a bearer token.
        timeout_seconds: for the gateway to take one message.
    """

    def __init__(
        self, transport: Transport, address: str, token: Secret, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._transport = transport
        self._address = address
        self._token = token

    async def send(self, telephone: str, text: str) -> None:
        """See the port."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._token.value.decode()}"}
        body = json.dumps({"to": telephone, "text": text}, ensure_ascii=False).encode()
        request = SignedRequest("POST", self._address, headers, body)
        try:
            answer = await self._handed_over(request)
        except CorridorError:
            raise UnavailableError("The message could not be sent.") from None
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise UnavailableError("The message could not be sent.")

    async def _handed_over(self, request: SignedRequest) -> SignedResponse:
        try:
            return await self._sent(request)
        except StaleError:  # should the gateway have taken it all the same, the same code comes twice
            return await self._sent(request)

    async def _sent(self, request: SignedRequest) -> SignedResponse:
        return await self._transport.send(
            request, timeout_seconds=self._timeout_seconds, max_body_bytes=_ANSWER_BYTES_MAX
        )


class FileTextMessages:
    """Port `TextMessages` for development: what would be sent is a line of a file that only its owner reads.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, telephone: str, text: str) -> None:
        """See the port."""
        line = json.dumps({"to": telephone, "text": text}, ensure_ascii=False)
        await asyncio.to_thread(self._write, line)

    def _write(self, line: str) -> None:
        with os.fdopen(
            os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
        ) as file:
            file.write(line + "\n")
