"""The token endpoint: name and password in, bearer token out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import InvalidError, LoginError, TooLargeError
from corridor.node.client_token import GrantDoor, is_signed
from corridor.node.national import read_limited

_FORM_BYTES = 4096
_SIGNED_FORM_BYTES = 16_384
"""Of a form with a signed assertion."""


async def issue_token(
    request: Request, *, sign_in: Callable[[str, str], Awaitable[str]], grant: GrantDoor | None = None
) -> Response:
    """A bearer token for a person's account, or an access token for a system that signs for it.

    The client names itself by HTTP Basic, or by `client_id` and `client_secret` in the form.

    Source: RFC 6749 sections 2.3.1 and 4.4.
    """
    body = await read_limited(request, _SIGNED_FORM_BYTES if grant else _FORM_BYTES)
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    if grant and is_signed(form):
        return await grant(request, form)
    if len(body) > _FORM_BYTES:
        raise TooLargeError(f"The body is larger than {_FORM_BYTES} bytes.")
    if form.get("grant_type") != ["client_credentials"]:
        raise InvalidError("The grant type is client_credentials.")
    account, password = _basic(request) or (form.get("client_id", [""])[0], form.get("client_secret", [""])[0])
    token = await sign_in(account, password)
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": 8 * 3600}
    return Response(orjson.dumps(answer), headers={"cache-control": "no-store"}, media_type="application/json")


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        account, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise LoginError("The name or the password is wrong.") from None
    return account, password
