"""What the doors for other nodes share: reading a signed message and sending a signed answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from corridor.flows.answer_message import Act, Arriving, Refusal, answer_message
from corridor.flows.check_message import GateDesk

Door = Callable[[Request], Awaitable[Response]]


async def answer(request: Request, act: Act, *, refusal: Refusal, gate: GateDesk, max_body_bytes: int) -> Response:
    """The answer to a message that a member signed, signed by this node.

    Source: RFC 9421; TRUST section 2.2.
    """
    arriving = Arriving.of(request.scope, request.stream(), max_body_bytes=max_body_bytes)
    response = await answer_message(arriving, act, refusal=refusal, desk=gate)
    return Response(response.body, response.status, dict(response.headers))
