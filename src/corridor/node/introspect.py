"""What a system's token stands for, told to this node's own operators and to nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.principal import Principal, Role
from corridor.domain.scope import written
from corridor.node.claims import iua
from corridor.node.national import National, asking, read_limited

_FORM_BYTES = 4096


async def introspect(
    request: Request, *, national: National, stands_for: Callable[[str], Awaitable[Principal | None]]
) -> Response:
    """Whether a system's token counts now, and for what; tokens of people are not told of.

    Source: RFC 7662; IHE IUA ITI-102.
    """
    who = await asking(request, national)
    if who.principal.role is not Role.OPERATOR:
        raise ForbiddenError("Only an operator of this node can ask about tokens.")
    form = parse_qs((await read_limited(request, _FORM_BYTES)).decode("utf-8", "replace"))
    if len(form.get("token", ())) != 1:
        raise InvalidError("Send the token in question as `token`.")
    found = await stands_for(form["token"][0])
    return Response(
        orjson.dumps(_told(found, national.base_url)),
        headers={"cache-control": "no-store"},
        media_type="application/json",
    )


def _told(found: Principal | None, base_url: str) -> dict[str, Any]:
    if found is None or found.grant is None:
        return {"active": False}
    bound = {"cnf": {"jkt": found.grant.bound_to}} if found.grant.bound_to else {}
    client_id = found.account.removeprefix("system/")
    return {
        "active": True,
        "client_id": client_id,
        "scope": written(found.grant.scopes),
        "token_type": "DPoP" if found.grant.bound_to else "Bearer",
        "extensions": {"ihe_iua": iua(found.grant, found.role, base_url=base_url, client_id=client_id)},
    } | bound
