"""What every HTTP request passes through: a request id, a log line, and errors that speak FHIR."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from http import HTTPStatus
from os import urandom
from pathlib import Path
from traceback import extract_tb

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corridor.apps.log import emit
from corridor.domain.errors import CorridorError, NonceError, ThrottledError, TokenError
from corridor.domain.log import FAILED, REQUEST
from corridor.fhir.outcome import outcome, plain_outcome
from corridor.node.accepted import accepted

FHIR_JSON = "application/fhir+json; charset=utf-8"
_ID = re.compile(r"[A-Za-z0-9\-._]{1,64}")
_CODES = {404: "not-found", 405: "not-supported"}
_TEXTS = {404: "There is nothing at this address.", 405: "This method is not spoken at this address."}


class RequestLine:
    """Pure ASGI: gives each request its id, answers what nobody foresaw, and writes one line when it ends.

    The line names the door, never the address: addresses can hold what a search sought. What was not foreseen ends
    here, because a server would write it down with its text, and that can hold what was sent.
    """

    def __init__(self, app: ASGIApp, *, write: Callable[..., None] = emit) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id, and send the id back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        answer, started = _Answer(send, request_id), time.perf_counter()
        try:
            await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001  # whatever it is, nothing of it may reach a stream
            self._write(FAILED, request_id=request_id, route=_door(scope), error=_place(error))
            if answer.status:
                raise ConnectionAbortedError("An answer broke off.") from None
            await _unforeseen(request_id)(scope, receive, answer)
        finally:
            self._write(
                REQUEST,
                request_id=request_id,
                method=scope["method"],
                route=_door(scope),
                status=answer.status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )


class _Answer:
    """ASGI's `send`, which adds the request's id and remembers the status; 0 until there is one."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self.status = 0

    def __call__(self, message: Message) -> Awaitable[None]:
        """Send it on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._request_id)]
        return self._send(message)


def _place(error: Exception) -> str:
    """What kind of accident it was and in which line of ours; never its text."""
    lines = [each for each in extract_tb(error.__traceback__) if "corridor" in each.filename]
    where = f" {'/'.join(Path(lines[-1].filename).parts[-2:])}:{lines[-1].lineno}" if lines else ""
    return f"{type(error).__name__}{where}"


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            return text if _ID.fullmatch(text) else urandom(8).hex()
    return urandom(8).hex()


def _door(scope: Scope) -> str:
    """The door that answered, such as `node.read.vread`; `-` where there was none."""
    return _name(scope.get("endpoint"))


@lru_cache(maxsize=1024)
def _name(endpoint: Callable[..., object] | None) -> str:
    while isinstance(endpoint, partial):
        endpoint = endpoint.func
    name = f"{getattr(endpoint, '__module__', '')}.{getattr(endpoint, '__name__', '')}"
    return name.removeprefix("corridor.") if endpoint else "-"


def install_errors(app: Starlette) -> None:
    """Answer every error of the house, and every address or method that is not there, as an OperationOutcome."""
    app.add_exception_handler(CorridorError, _refused)
    app.add_exception_handler(HTTPException, _refused)


def refusal(error: CorridorError | HTTPException, request: Request) -> Response:
    """The answer in place of an error."""
    answer = _known(error) if isinstance(error, CorridorError) else _unrouted(error)
    if answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        answer.headers.update(accepted(request))
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, CorridorError | HTTPException):
        raise error
    return refusal(error, request)


def _known(error: CorridorError) -> Response:
    status, body = outcome(error)
    headers = {"cache-control": "no-store"} | (_challenge(error) if status == HTTPStatus.UNAUTHORIZED else {})
    if isinstance(error, ThrottledError):
        headers["retry-after"] = str(error.retry_seconds)
    return Response(body, status, headers, media_type=FHIR_JSON)


def _challenge(error: CorridorError) -> dict[str, str]:
    """How to ask again.

    Source: RFC 6750 section 3; RFC 9449 sections 7.1 and 9.
    """
    if not isinstance(error, TokenError):
        return {"www-authenticate": "Bearer"}
    wanted = {"www-authenticate": f'DPoP error="{error.code}", algs="ES256 ES384"'}
    return wanted | ({"dpop-nonce": error.nonce} if isinstance(error, NonceError) else {})


def _unrouted(error: HTTPException) -> Response:
    code = _CODES.get(error.status_code, "processing")
    text = _TEXTS.get(error.status_code, "The request cannot be answered.")
    return Response(plain_outcome(code, text), error.status_code, error.headers, media_type=FHIR_JSON)


def _unforeseen(request_id: str) -> Response:
    text = f"Something failed here. Quote the request id {request_id}."
    return Response(plain_outcome("exception", text), 500, media_type=FHIR_JSON)
